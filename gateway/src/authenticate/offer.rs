//! What a request offers: one credential, or nothing that could be read in one way only.
//!
//! Two lines of `Authorization`, or a token in two headers at once, are nobody's: who reads the first and who reads the
//! last would let in two different people (CVE-2020-25017).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::request::RequestHead;

/// A credential as it stands in the request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer<'h> {
    /// None at all.
    Nothing,
    /// Several, or one that makes no sense.
    Unclear,
    /// A token.
    Token {
        /// The (lower-case) header it stands in.
        header: &'h str,
        /// `Bearer` is in front of it.
        bearer: bool,
        /// The token itself.
        token: &'h str,
    },
    /// `Authorization: Basic`
    Basic {
        /// Without `:`; perhaps nothing at all.
        user: String,
        /// Perhaps with `:`.
        password: String,
    },
}

const AUTHORIZATION: &str = "authorization";
/// No provider's token comes near; more is not worth a hash.
const MOST_BYTES: usize = 8 << 10;

impl<'h> Offer<'h> {
    /// Look into `Authorization`, and into the headers of these names.
    pub(crate) fn read(head: &'h RequestHead, names: impl Iterator<Item = &'h str>) -> Self {
        let mut found = Offer::Nothing;
        let mut seen = Vec::new();
        for name in std::iter::once(AUTHORIZATION).chain(names) {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            for value in head.all(name) {
                match found {
                    Offer::Nothing => found = Self::parse(name, value).unwrap_or(Offer::Unclear),
                    _ => return Offer::Unclear,
                }
            }
        }
        found
    }

    /// The token behind `Bearer`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        match self {
            Offer::Token { bearer: true, token, .. } => Some(token),
            _ => None,
        }
    }

    fn parse(header: &'h str, value: &'h [u8]) -> Option<Self> {
        let value = std::str::from_utf8(value).ok().filter(|value| value.len() <= MOST_BYTES)?;
        match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Self::token(header, true, token),
            Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") && header == AUTHORIZATION => {
                Self::basic(pair)
            }
            _ => Self::token(header, false, value),
        }
    }

    /// Two lines of a header can arrive joined by a comma: then it is none.
    fn token(header: &'h str, bearer: bool, token: &'h str) -> Option<Self> {
        let fit = |b: u8| b.is_ascii_graphic() && b != b',';
        let usable = !token.is_empty() && token.bytes().all(fit);
        usable.then_some(Offer::Token { header, bearer, token })
    }

    /// RFC 7617.
    fn basic(pair: &str) -> Option<Self> {
        let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        let usable = !password.is_empty() && !pair.contains(char::is_control);
        usable.then(|| Offer::Basic { user: user.to_owned(), password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(lines: &[(&str, &str)]) -> RequestHead {
        let bytes = |text: &str| text.as_bytes().to_vec();
        RequestHead { headers: lines.iter().map(|(name, value)| (bytes(name), bytes(value))).collect() }
    }

    fn token<'h>(header: &'h str, bearer: bool, token: &'h str) -> Offer<'h> {
        Offer::Token { header, bearer, token }
    }

    #[test]
    fn one_credential_is_read_as_it_is_meant() {
        let cases = [
            (("authorization", "Bearer abc"), token("authorization", true, "abc")),
            (("authorization", "bEARER abc"), token("authorization", true, "abc")),
            (("authorization", "abc"), token("authorization", false, "abc")),
            (("x-key", "abc"), token("x-key", false, "abc")),
            (("x-key", "Bearer abc"), token("x-key", true, "abc")),
            (("x-other", "abc"), Offer::Nothing),
            (("authorization", "Basic b2t0YTphOmI="), Offer::Basic { user: "okta".into(), password: "a:b".into() }),
            (("authorization", "Basic OmI="), Offer::Basic { user: String::new(), password: "b".into() }),
        ];
        for (line, wanted) in cases {
            assert_eq!(Offer::read(&head(&[line]), ["x-key"].into_iter()), wanted, "{line:?}");
        }
    }

    #[test]
    fn what_is_not_one_credential_is_none() {
        for value in
            ["", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer a, Bearer b", "Negotiate YII=", "Bearer\u{a0}a"]
        {
            assert_eq!(Offer::read(&head(&[("authorization", value)]), [].into_iter()), Offer::Unclear, "{value:?}");
        }
        for pair in ["Og==", "YWRtaW4=", "YTo=", "YQBiOmM=", "//46//4=", "!", "YTpi YTpi"] {
            let value = format!("Basic {pair}");
            assert_eq!(Offer::read(&head(&[("authorization", &value)]), [].into_iter()), Offer::Unclear, "{value}");
        }
        for lines in [
            [("authorization", "Bearer a"), ("authorization", "Bearer a")],
            [("authorization", "Bearer a"), ("x-key", "a")],
            [("x-key", "a"), ("x-key", "a")],
        ] {
            assert_eq!(Offer::read(&head(&lines), ["x-key"].into_iter()), Offer::Unclear, "{lines:?}");
        }
    }
}
