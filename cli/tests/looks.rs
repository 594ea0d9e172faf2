//! What `usher` prints, to the letter: cli/tests/looks/<name>.txt. `UPDATE=1` writes them anew, to be looked at.

#[cfg(test)]
mod looks {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

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

    /// The token opens what is printed beside it, and stands nowhere else.
    #[test]
    fn a_new_directory() {
        let made =
            |arguments: &[&str]| -> Value { serde_json::from_slice(&usher(arguments).stdout).unwrap_or_default() };
        let new = made(&["directory", "new", "northwind", "--tenant", "nw", "--provider", "okta", "--json"]);
        let token = new["token"].as_str().unwrap_or_default();
        assert_eq!((token.len(), token.starts_with("usher_")), (70, true));
        let hash: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(new["directory"]["credentials"][0]["bearer"]["sha256"], hash.as_str());
        let whole = serde_json::json!({"user_service": {"cluster": "u"}, "directories": [new["directory"]]});
        assert!(Gateway::new(whole.to_string().as_bytes()).is_ok());

        let rotated = made(&["directory", "rotate", "globex", "--config", "sample.yaml", "--json"]);
        let credentials = rotated["credentials"].as_array().cloned().unwrap_or_default();
        assert_eq!(credentials.len(), 2);
        assert_ne!(rotated["token"], new["token"]);
    }

    #[test]
    fn a_directory_that_cannot_be() {
        looks("new-taken", &["directory", "new", "globex", "--config", "sample.yaml"]);
        looks("new-wrong", &["directory", "new", "a/b"]);
        looks("rotate-unknown", &["directory", "rotate", "nobody", "--config", "sample.yaml"]);
    }
}
