//! Kubernetes without Kubernetes: the page is followed up to `kubectl`, and what its files would be in a pod is started.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use usher_host_tests::stack::{Edit, Options, Ports, Stack, configure, repository, wasm};

use super::{INITECH, eventually, in_deploy, read, run, status_of, with_initech};

#[test]
fn what_the_page_makes_runs_and_is_changed_as_a_volume_is() {
    let pod = Pod::new();
    pod.follow_the_page();
    let (operations, admin) = (free_port(), free_port());
    let overlay = read(&pod.config("operations.yaml"));
    let overlay = overlay.replace("0.0.0.0, port_value: 9902", &format!("127.0.0.1, port_value: {operations}"));
    let overlay = overlay.replace("port_value: 9901", &format!("port_value: {admin}"));
    let ports = Ports { admin, ..Ports::default() };
    let arguments = vec!["--config-yaml".into(), overlay];
    let stack = Stack::start(Options { ports, edits: vec![pod.edit()], arguments, ..Options::default() }).unwrap();

    let operations = format!("http://127.0.0.1:{operations}");
    assert!(run(Command::new("curl").args(["-sf", &format!("{operations}/ready")])).contains("LIVE"));
    run(Command::new("curl").args(["-sf", &format!("{operations}/stats/prometheus")]));
    for hidden in ["/config_dump", "/stats", "/quitquitquit", "/ready/../config_dump"] {
        let said = run(Command::new("curl").args([
            "-s",
            "--path-as-is",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            &format!("{operations}{hidden}"),
        ]));
        assert_eq!(said, "404", "{hidden}");
    }

    assert_eq!(status_of(&stack, "initech", INITECH), 401);
    let new = configure(with_initech())(read(&pod.0.join("ecds/usher.yaml"))).unwrap();
    pod.mount("2", &new);
    eventually("the new customer is there", || status_of(&stack, "initech", INITECH) == 200);
}

/// A copy of what the page needs, and the pod's /etc/usher. Gone with this value.
struct Pod(PathBuf);

impl Pod {
    fn new() -> Pod {
        let pod = std::env::temp_dir().join(format!("usher-pod-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&pod));
        std::fs::create_dir_all(pod.join("project/target/wasm32-wasip1/release")).unwrap();
        let project = pod.join("project");
        run(Command::new("cp")
            .arg("-r")
            .args([repository().join("deploy"), repository().join("envoy.yaml")])
            .arg(&project));
        drop(std::fs::remove_dir_all(project.join("deploy/kubernetes/config")));
        std::fs::copy(wasm().unwrap(), project.join("target/wasm32-wasip1/release/usher_filter.wasm")).unwrap();
        Pod(pod)
    }

    /// The blocks of steps 1 and 2, in one shell, save for `make build`.
    fn follow_the_page(&self) {
        let page = read(&in_deploy("kubernetes/README.md"));
        let blocks = page.split("```sh\n").skip(1).take(2).map(|rest| rest.split("```").next().unwrap());
        let script: String = blocks.collect();
        assert!(script.contains("deploy/envoy/split") && script.contains("sed -i"), "{script}");
        let script = script.replace("make build", "set -e");
        run(Command::new("bash").args(["-c", &script]).current_dir(self.0.join("project")));
    }

    fn config(&self, name: &str) -> PathBuf {
        self.0.join("project/deploy/kubernetes/config").join(name)
    }

    /// What it made, with this pod's place for /etc/usher and this test's ports.
    fn edit(&self) -> Edit {
        let (made, resource) = (read(&self.config("envoy.yaml")), read(&self.config("ecds/usher.yaml")));
        assert!(made.contains("address: user-service.users.svc.cluster.local, port_value: 9000"), "{made}");
        let module = self.config("usher.wasm").display().to_string();
        self.mount("1", &resource.replace("/etc/usher/module/usher.wasm", &module));
        let here = self.0.display().to_string();
        Box::new(move |sample| {
            let marks = ["- name: scim\n", "- name: user-service\n", "admin:\n"];
            let [scim, service, admin] = marks.map(|mark| port_after(&sample, mark));
            Ok(made
                .replace("/etc/usher/ecds", &format!("{here}/ecds"))
                .replace("0.0.0.0, port_value: 8080", &format!("127.0.0.1, port_value: {scim}"))
                .replace(
                    "user-service.users.svc.cluster.local, port_value: 9000",
                    &format!("127.0.0.1, port_value: {service}"),
                )
                .replace("port_value: 9901", &format!("port_value: {admin}")))
        })
    }

    /// As the kubelet does it: a new directory, and one symbolic link that is exchanged.
    fn mount(&self, version: &str, text: &str) {
        let volume = self.0.join("ecds");
        let data = volume.join(format!("..{version}"));
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join("usher.yaml"), text).unwrap();
        symlink(format!("..{version}"), volume.join("..data_tmp")).unwrap();
        std::fs::rename(volume.join("..data_tmp"), volume.join("..data")).unwrap();
        if !volume.join("usher.yaml").exists() {
            symlink("..data/usher.yaml", volume.join("usher.yaml")).unwrap();
        }
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn port_after(text: &str, mark: &str) -> String {
    let rest = text.split_once(mark).unwrap().1.split_once("port_value: ").unwrap().1;
    rest.chars().take_while(char::is_ascii_digit).collect()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What the manifests say of files is where the page puts them.
#[test]
fn the_manifests_name_what_the_page_makes() {
    let kustomization = read(&in_deploy("kubernetes/kustomization.yaml"));
    let page = read(&in_deploy("kubernetes/README.md"));
    for name in ["envoy.yaml", "operations.yaml", "usher.wasm", "ecds/usher.yaml"] {
        assert!(kustomization.contains(&format!("config/{name}")) && page.contains(name), "{name}");
    }
    for resource in
        kustomization.lines().filter_map(|line| line.strip_prefix("- ")).filter(|name| name.ends_with(".yaml"))
    {
        assert!(Path::new(&in_deploy("kubernetes").join(resource)).is_file(), "{resource}");
    }
    let deployment = read(&in_deploy("kubernetes/deployment.yaml"));
    for place in ["/etc/usher/envoy", "/etc/usher/module", "/etc/usher/ecds"] {
        assert!(deployment.contains(place), "{place}");
    }
}
