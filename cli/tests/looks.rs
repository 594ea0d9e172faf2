//! What `usher` prints, to the letter: cli/tests/looks/<name>.txt. `UPDATE=1` writes them anew, to be looked at.

#[cfg(test)]
mod looks {
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output, Stdio};
    use std::time::{SystemTime, UNIX_EPOCH};

    use serde_json::Value;
    use sha2::{Digest, Sha256};
    use usher_gateway::Gateway;

    fn usher(arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(arguments).current_dir(here("given")).env_clear().env("JACKSON_KEY", "secret");
        command.output().unwrap_or_else(|error| panic!("{error}"))
    }

    fn here(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
    }

    /// Both streams and the exit code, compared with the file.
    #[track_caller]
    fn looks(name: &str, arguments: &[&str]) {
        let output = usher(arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().unwrap_or(-1);
        let seen =
            format!("$ usher {}\n{}{}exit {code}\n", arguments.join(" "), text(&output.stdout), text(&output.stderr));
        let file = here("looks").join(format!("{name}.txt"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &seen).unwrap_or_else(|error| panic!("{error}"));
        }
        assert_eq!(seen, fs::read_to_string(&file).unwrap_or_default(), "{}", file.display());
    }

    const ALIKE: [&str; 4] = ["--now", "2026-11-21T20:00:00Z", "--seed", "1"];

    #[test]
    fn a_deactivation() {
        let mut arguments = vec!["translate", "deactivate.http", "--record", "ada.json"];
        arguments.extend(ALIKE);
        looks("translate", &arguments);
        arguments.push("--json");
        looks("translate-json", &arguments);
    }

    #[test]
    fn a_group_of_a_configured_directory() {
        let mut arguments = vec!["translate", "join.json", "--record", "group.json", "--config", "signed.yaml"];
        arguments.extend(["--directory", "globex"]);
        arguments.extend(ALIKE);
        looks("translate-group", &arguments);
    }

    #[test]
    fn a_request_that_is_refused() {
        looks("refused", &["translate", "refused.http", "--record", "ada.json"]);
        looks("refused-filter", &["translate", "filter.http"]);
        looks("refused-no-json", &["translate", "broken.http"]);
    }

    #[test]
    fn a_configuration_that_is_fine() {
        looks("check-fine", &["check", "sample.yaml"]);
        looks("check-istio", &["check", "plugin.yaml"]);
    }

    #[test]
    fn a_configuration_that_is_not() {
        looks("check-provider", &["check", "provider.yaml"]);
        looks("check-comma", &["check", "comma.json"]);
        looks("check-missing", &["check", "missing.json"]);
        looks("check-nothing", &["check", "nothing.yaml"]);
    }

    #[test]
    fn every_guide_is_filled_in() {
        for provider in ["okta", "entra", "onelogin", "jumpcloud", "ping", "cyberark", "sailpoint", "other"] {
            let output = usher(&["setup", provider, "--directory", "nw", "--base", "https://scim.nw.test"]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(text.contains("https://scim.nw.test/scim/v2/nw"), "{provider}: {text}");
            assert!(!text.contains("{base_url}") && !text.contains("{directory}"), "{provider}: {text}");
        }
        let elsewhere = usher(&["setup", "okta", "--directory", "nw", "--base", "https://nw.test/provision/"]);
        assert!(String::from_utf8_lossy(&elsewhere.stdout).contains("https://nw.test/provision/nw"));
        looks("setup-wrong", &["setup", "okta", "--base", "nw.test"]);
    }

    #[test]
    fn colours_are_for_those_who_see_them() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        let output =
            command.args(["check", "sample.yaml"]).current_dir(here("given")).env("CLICOLOR_FORCE", "1").output();
        let text = String::from_utf8_lossy(&output.unwrap_or_else(|error| panic!("{error}")).stdout).into_owned();
        assert!(text.starts_with("\u{1b}[1m\u{1b}[32msample.yaml is fine."), "{text:?}");
    }

    fn made(arguments: &[&str]) -> Value {
        let output = usher(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    fn hash(secret: &str) -> String {
        Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[track_caller]
    fn is_taken(directory: &Value) {
        let whole = serde_json::json!({"user_service": {"cluster": "u"}, "directories": [directory]});
        assert!(Gateway::new(whole.to_string().as_bytes()).is_ok(), "{directory}");
    }

    /// The token opens what is printed beside it, and stands nowhere else.
    #[test]
    fn a_new_directory() {
        let new = |more: &[&str]| made(&[&["directory", "new", "northwind"], more].concat());
        let told = new(&["--tenant", "nw", "--provider", "okta"]);
        let token = told["token"].as_str().unwrap_or_default();
        assert_eq!((token.len(), token.starts_with("usher_")), (70, true));
        let header = new(&["--method", "header", "--header", "X-Api-Key"]);
        let basic = new(&["--method", "basic", "--username", "okta"]);
        for (told, method) in [(&told, "bearer"), (&header, "header"), (&basic, "basic")] {
            let credential = &told["directory"]["credentials"][0][method];
            assert_eq!(credential["sha256"], hash(told["token"].as_str().unwrap_or_default()).as_str(), "{told}");
            assert_eq!(told.to_string().matches("usher_").count(), 1, "{told}");
            is_taken(&told["directory"]);
        }
        assert_eq!((&header["header"], &basic["username"]), (&"x-api-key".into(), &"okta".into()));
        let credential = |told: &Value, pointer: &str| told["directory"]["credentials"][0].pointer(pointer).cloned();
        assert_eq!(credential(&header, "/header/name"), Some("x-api-key".into()));
        assert_eq!(credential(&basic, "/basic/username"), Some("okta".into()));
    }

    /// Vectors of PBKDF2 are its library's; here it is the password that was given, and it is not given back.
    #[test]
    fn a_password_that_somebody_has_chosen() {
        let told = |password: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
            command.args(["directory", "new", "nw", "--method", "basic", "--password-stdin", "--json"]);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
            let child = child.as_mut().unwrap_or_else(|error| panic!("{error}"));
            let written = child.stdin.take().map(|mut input| input.write_all(password.as_bytes()));
            assert!(written.is_some_and(|written| written.is_ok()));
            let mut text = String::new();
            child.stdout.take().map(|mut output| output.read_to_string(&mut text));
            assert_eq!(child.wait().is_ok_and(|status| status.success()), !text.is_empty());
            text
        };
        let text = told("correct horse battery\n");
        assert!(!text.contains("correct") && !text.contains("token"), "{text}");
        let told_of: Value = serde_json::from_str(&text).unwrap_or_default();
        is_taken(&told_of["directory"]);
        let slow = &told_of["directory"]["credentials"][0]["basic"]["pbkdf2"];
        let salt = slow["salt"].as_str().unwrap_or_default();
        let byte = |at: usize| salt.get(2 * at..2 * at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let salt: Vec<u8> = (0..salt.len() / 2).filter_map(byte).collect();
        let mut key = [0; 32];
        let done = pbkdf2::pbkdf2::<hmac::Hmac<Sha256>>(b"correct horse battery", &salt, 100_000, &mut key);
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((done.is_ok(), &slow["hash"]), (true, &key.into()));
        assert_eq!(told("too short\n"), "");
    }

    /// The old one ends, the new one begins, and both are good in between.
    #[test]
    fn a_credential_is_made_anew() {
        let rotated = made(&["directory", "rotate", "globex", "--config", "sample.yaml", "--overlap", "7d"]);
        let credentials = &rotated["credentials"];
        assert_eq!(credentials.as_array().map(Vec::len), Some(2));
        assert_eq!(credentials[0]["not_after"], rotated["not_after"]);
        assert_eq!(credentials[1]["bearer"]["sha256"], hash(rotated["token"].as_str().unwrap_or_default()).as_str());
        let seconds = |text: &Value| -> i64 {
            let text = text.as_str().unwrap_or_default();
            text.parse::<usher_gateway::instant::Instant>().map_or(0, |instant| instant.millis() / 1_000)
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
        assert!((0..60).contains(&(now + 7 * 86_400 - seconds(&rotated["not_after"]))), "{rotated}");
        is_taken(&serde_json::json!({"id": "globex", "credentials": credentials}));
    }

    #[test]
    fn what_is_made_anew_is_of_the_same_kind() {
        let rotate = |directory: &str, more: &[&str]| {
            made(&[&["directory", "rotate", directory, "--config", "methods.yaml"], more].concat())["credentials"]
                .clone()
        };
        let header = rotate("header", &[]);
        assert_eq!((&header[0]["not_after"].is_string(), &header[1]["header"]["name"]), (&true, &"x-api-key".into()));
        let basic = rotate("basic", &[]);
        assert_eq!((&basic[0]["not_after"].is_string(), &basic[1]["basic"]["username"]), (&true, &"okta".into()));
        // The first one's time is over, the second one's end comes soon enough, and the third is an identity provider's.
        let several = rotate("several", &["--overlap", "3660d"]);
        assert_eq!(several.as_array().map(Vec::len), Some(3), "{several}");
        assert_eq!(several[0]["not_after"], "2030-01-01T00:00:00Z");
        assert!(several[1]["jwt"].is_object() && several[1]["not_after"].is_null(), "{several}");
        let other = rotate("header", &["--method", "bearer"]);
        assert!(other[0]["not_after"].is_string() && other[1]["bearer"].is_object(), "{other}");
    }

    #[test]
    fn what_cannot_be_made_anew() {
        looks("rotate-jwt", &["directory", "rotate", "jwt", "--config", "methods.yaml"]);
        looks("rotate-overlap", &["directory", "rotate", "acme", "--overlap", "soon"]);
        looks("new-header", &["directory", "new", "acme", "--header", "x-api-key"]);
    }

    #[test]
    fn a_directory_that_cannot_be() {
        looks("new-taken", &["directory", "new", "globex", "--config", "sample.yaml"]);
        looks("new-wrong", &["directory", "new", "a/b"]);
        looks("rotate-unknown", &["directory", "rotate", "nobody", "--config", "sample.yaml"]);
    }
}
