//! A PostgreSQL of one's own on this machine, there for no longer than the tests take.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// What to say where it is missing.
pub const MISSING: &str = "NOT tested on PostgreSQL: it is not installed (Debian's package: postgresql)";

/// PostgreSQL refuses to be run by root.
const NOBODY: u32 = 65534;

pub struct Postgresql {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<u32>,
    port: String,
    process: Option<Child>,
    schemas: AtomicU32,
}

impl Postgresql {
    pub fn start() -> Result<Postgresql> {
        let programs = programs().context(MISSING)?;
        // Not below the target folder: another user may have no way into that.
        let folder = std::env::temp_dir().join(format!("usher-postgresql-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let user = (fs::metadata(&folder)?.uid() == 0).then_some(NOBODY);
        chown(&folder, user, None)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let schemas = AtomicU32::default();
        let mut server = Postgresql { programs, folder, user, port, process: None, schemas };
        let initdb = ["-D", "data", "-U", "usher", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        server.run("initdb", &initdb)?;
        let options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=500"];
        let options = options.iter().flat_map(|option| ["-c", *option]);
        let postgres = server.program("postgres", &["-D", "data", "-p", &server.port])?.args(options).spawn()?;
        server.process = Some(postgres);
        for _ in 0..300 {
            if server.run("pg_isready", &["-h", "127.0.0.1", "-p", &server.port]).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL does not answer: {}", server.log())
    }

    pub fn url(&self) -> String {
        format!("postgres://usher@127.0.0.1:{}/postgres", self.port)
    }

    /// The URL of an empty schema.
    pub fn empty(&self) -> Result<String> {
        let name = format!("empty_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        self.run("psql", &["-q", "-d", &self.url(), "-c", &format!("create schema {name}")])?;
        Ok(format!("{}?options[search_path]={name}", self.url()))
    }

    pub fn version(&self) -> String {
        fs::read_to_string(self.folder.join("data/PG_VERSION")).unwrap_or_default().trim().to_owned()
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Result<()> {
        match self.program(name, arguments)?.status()?.success() {
            true => Ok(()),
            false => bail!("{name} failed: {}", self.log()),
        }
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Result<Command> {
        let log = File::options().create(true).append(true).open(self.folder.join("log"))?;
        let mut command = Command::new(self.programs.join(name));
        command.args(arguments).current_dir(&self.folder).stdout(log.try_clone()?).stderr(log);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        Ok(command)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Postgresql {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let pid = process.id().to_string();
            let _ = Command::new("kill").args(["-INT", &pid]).status();
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub fn installed() -> bool {
    programs().is_some()
}

/// Where its programs are: that of an initdb on the PATH or, in Debian, a folder for each version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let versions = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let initdb = std::env::split_paths(&path).chain(versions).find_map(|at| at.join("initdb").canonicalize().ok())?;
    initdb.parent().map(Path::to_owned)
}
