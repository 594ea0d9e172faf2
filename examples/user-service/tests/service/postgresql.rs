//! All of these tests once more on PostgreSQL: on a server of their own, that is there for no longer than they take.

use std::fs::{self, File};
use std::io::{Write, stderr};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;
use std::{env, thread};

use crate::drive::SERVER;

#[test]
fn everything_holds_on_postgresql_as_well() {
    let Some(programs) = programs() else {
        return say("NOT tested on PostgreSQL: it is not installed (Debian's package: postgresql)");
    };
    let server = Server::start(&programs);
    let mut tests = Command::new(env::current_exe().unwrap());
    let tests = tests.args(["--skip", "postgresql::"]).env(SERVER, &server.url).output().unwrap();
    let output = String::from_utf8_lossy(&tests.stdout);
    assert!(tests.status.success(), "on PostgreSQL:\n{output}\n{}", String::from_utf8_lossy(&tests.stderr));
    let version = fs::read_to_string(server.folder.join("data/PG_VERSION")).unwrap();
    let result = output.lines().rfind(|line| line.starts_with("test result")).unwrap();
    say(&format!("on PostgreSQL {}: {result}", version.trim()));
}

/// Not captured, as what a passing test prints would be.
fn say(what: &str) {
    stderr().write_all(format!("\n{what}\n").as_bytes()).unwrap();
}

/// Where PostgreSQL's programs are: that of an initdb on the PATH or, in Debian, a folder for each version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.map(|version| version.unwrap().path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let initdb =
        env::split_paths(&path).chain(versions).find_map(|folder| folder.join("initdb").canonicalize().ok())?;
    initdb.parent().map(Path::to_owned)
}

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<u32>,
    url: String,
    process: Option<Child>,
}

impl Server {
    fn start(programs: &Path) -> Self {
        // Not below the target folder: another user may have no way into that.
        let folder = env::temp_dir().join(format!("usher-postgresql-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        // PostgreSQL refuses to be run by root.
        const NOBODY: u32 = 65534;
        let user = (fs::metadata(&folder).unwrap().uid() == 0).then_some(NOBODY);
        chown(&folder, user, None).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let url = format!("postgres://usher@127.0.0.1:{port}/postgres");
        let mut server = Self { programs: programs.into(), folder, user, url, process: None };
        let initdb = ["-D", "data", "-U", "usher", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        assert!(server.program("initdb", &initdb).status().unwrap().success(), "{}", server.log());
        let options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=500"];
        let options = options.iter().flat_map(|option| ["-c", *option]);
        let process = server.program("postgres", &["-D", "data", "-p", &port]).args(options).spawn().unwrap();
        server.process = Some(process);
        let is_ready = || server.program("pg_isready", &["-h", "127.0.0.1", "-p", &port]).status().unwrap().success();
        let mut attempts = 300;
        while !is_ready() {
            attempts -= 1;
            assert!(attempts > 0, "{}", server.log());
            thread::sleep(Duration::from_millis(100));
        }
        server
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let mut command = Command::new(self.programs.join(name));
        command.args(arguments).current_dir(&self.folder).stdout(log.try_clone().unwrap()).stderr(log);
        match self.user {
            Some(user) => command.uid(user).gid(user),
            None => &mut command,
        };
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let pid = process.id().to_string();
            let _ = Command::new("kill").args(["-INT", &pid]).status();
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
