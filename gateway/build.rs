//! Packs the console's page: one document with its style and its script inside, gzipped.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const PAGE: &str = "console";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={PAGE}");
    let read = |name: &str| fs::read_to_string(Path::new(PAGE).join(name));
    let (style, script) = (read("console.css")?, read("console.js")?);
    let document = read("console.html")?.replace("/*style*/", &style).replace("/*script*/", &script);
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("console.html.gz"), packed(&document)?)?;
    let source = format!(
        "const DOCUMENT: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/console.html.gz\"));\n\
         const POLICY: &str = \"default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; style-src '{}'; script-src '{}'\";\n",
        hash(&style),
        hash(&script)
    );
    fs::write(out.join("console.rs"), source)
}

fn packed(document: &str) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(document.as_bytes())?;
    gzip.finish()
}

/// As a content security policy names what may run.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
