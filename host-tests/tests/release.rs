//! The image and the release: the same bytes each time, in a form that registries take and that Istio and Envoy Gateway
//! read.

use std::fs;
use std::io::{Write, stderr};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use usher_host_tests::stack::{repository, wasm};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn the_image_is_the_same_each_time_and_has_the_module() {
    let place = Place::new("image");
    let [once, again] = ["once", "again"].map(|name| (image(&place.0.join(name)), place.0.join(name)));
    assert_eq!(once.0, again.0);
    run(Command::new("diff").arg("-r").args([&once.1, &again.1]));
    assert_is_compat(&once.1.join("blobs/sha256"), &once.0);
}

/// What Istio's agent and Envoy Gateway look at: the manifest's type, and the file in the last layer.
fn assert_is_compat(blobs: &Path, digest: &str) {
    let blob = |digest: &str| blobs.join(digest.trim_start_matches("sha256:"));
    let manifest: Value = serde_json::from_slice(&fs::read(blob(digest)).unwrap()).unwrap();
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    let layers = manifest["layers"].as_array().unwrap();
    let layer = layers.last().unwrap();
    assert_eq!(layer["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip");
    let tar = blob(layer["digest"].as_str().unwrap());
    assert_eq!(run(Command::new("tar").arg("-tzf").arg(&tar)).stdout, b"plugin.wasm\n");
    let module = run(Command::new("tar").arg("-xzOf").arg(&tar).arg("plugin.wasm")).stdout;
    assert!(module == fs::read(wasm().unwrap()).unwrap(), "it is another module");
}

#[test]
fn a_registry_takes_it_and_gives_it_back() {
    if !["docker-registry", "skopeo"].iter().all(|name| Command::new(name).arg("--version").output().is_ok()) {
        return say("NOT tested with a registry: docker-registry and skopeo (Debian's packages) are not both here");
    }
    let place = Place::new("registry");
    let (made, pulled) = (place.0.join("made"), place.0.join("pulled"));
    let digest = image(&made);
    let registry = Registry::start(&place.0.join("store"));
    let there = format!("docker://127.0.0.1:{}/usher:{VERSION}", registry.port);
    let copy = |options: &[&str], from: &str, to: &str| {
        run(Command::new("skopeo")
            .args(["--insecure-policy", "copy", "--quiet", "--preserve-digests"])
            .args(options)
            .args([from, to]))
    };
    copy(&["--dest-tls-verify=false"], &format!("oci:{}:{VERSION}", made.display()), &there);
    copy(&["--src-tls-verify=false"], &there, &format!("oci:{}:{VERSION}", pulled.display()));
    let index: Value = serde_json::from_slice(&fs::read(pulled.join("index.json")).unwrap()).unwrap();
    assert_eq!(index["manifests"][0]["digest"], digest);
    assert_is_compat(&pulled.join("blobs/sha256"), &digest);
}

#[test]
fn a_release_is_whole_and_its_sums_are_right() {
    let place = Place::new("release");
    let release = place.0.join("it");
    run(Command::new(repository().join("release/release")).arg(VERSION).args([&wasm().unwrap(), &release]));
    run(Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&release));
    let sums = fs::read_to_string(release.join("SHA256SUMS")).unwrap();
    for name in [
        format!("usher-{VERSION}.wasm"),
        format!("usher-{VERSION}-image.tar"),
        format!("usher-{VERSION}-deploy.tar"),
        format!("usher-{VERSION}.cdx.json"),
        "envoy.yaml".into(),
        "notes.md".into(),
        "image-digest.txt".into(),
    ] {
        assert!(sums.lines().any(|line| line.ends_with(&format!("  {name}"))), "{name} is not in {sums}");
    }
    let refused = Command::new(repository().join("release/release")).args(["9.9.9", "x", "y"]).output().unwrap();
    assert!(!refused.status.success(), "a version that the project does not have");
    assert_made_of_what_cargo_says(&release.join(format!("usher-{VERSION}.cdx.json")));
}

fn assert_made_of_what_cargo_says(document: &Path) {
    let bill: Value = serde_json::from_slice(&fs::read(document).unwrap()).unwrap();
    let components = bill["components"].as_array().unwrap();
    let names: Vec<_> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    for name in ["proxy-wasm", "serde_json", "sha2", "usher-gateway"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    for absent in ["wasmi", "axum", "sqlx", "serde-saphyr"] {
        assert!(!names.contains(&absent), "{absent} is no part of the module");
    }
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    for component in components.iter() {
        // What is made here comes from no registry.
        if component["name"].as_str().unwrap().starts_with("usher-") {
            continue;
        }
        let sum = component["hashes"][0]["content"].as_str().unwrap_or_else(|| panic!("no checksum: {component}"));
        assert!(lock.contains(sum), "{component}");
    }
}

fn image(target: &Path) -> String {
    let script = repository().join("release/image");
    let made = run(Command::new(script).arg(wasm().unwrap()).arg(VERSION).arg(target));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

fn run(command: &mut Command) -> std::process::Output {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    done
}

/// Not captured, as what a passing test prints would be.
fn say(what: &str) {
    stderr().write_all(format!("\n{what}\n").as_bytes()).unwrap();
}

/// Gone with this value.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let place = std::env::temp_dir().join(format!("usher-{name}-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        Place(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Debian's registry on this machine, ended with this value.
struct Registry {
    port: u16,
    process: Child,
}

impl Registry {
    fn start(store: &Path) -> Registry {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = store.with_extension("yml");
        let text = format!(
            "version: 0.1\nlog: {{ level: error }}\nhttp: {{ addr: \"127.0.0.1:{port}\" }}\n\
             storage: {{ filesystem: {{ rootdirectory: {} }} }}\n",
            store.display()
        );
        fs::write(&configuration, text).unwrap();
        let mut registry = Command::new("docker-registry");
        registry.arg("serve").arg(&configuration).stdout(Stdio::null()).stderr(Stdio::null());
        let registry = Registry { port, process: registry.spawn().unwrap() };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "the registry does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        registry
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
