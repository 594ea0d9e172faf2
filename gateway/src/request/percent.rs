//! Percent-encoding (RFC 3986 section 2.1), strict on the way in and complete on the way out.

/// Decode; `None` for a broken escape or for bytes that are not UTF-8.
pub(crate) fn decode(text: &[u8], plus_is_blank: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(hex(*rest.next()?)? * 16 + hex(*rest.next()?)?),
            b'+' if plus_is_blank => bytes.push(b' '),
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Encode everything that is not unreserved, so that no value can leave its place in a path or a query.
pub fn encode(text: &str) -> String {
    let is_reserved = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'));
    let mut encoded = String::with_capacity(text.len() + 8);
    let mut rest = text;
    // Ids mostly need none of it, and are copied at once.
    while let Some(at) = rest.bytes().position(is_reserved) {
        let (plain, odd) = rest.split_at_checked(at).unwrap_or_default();
        encoded.push_str(plain);
        let letter = odd.chars().next().map_or(0, char::len_utf8);
        let (letter, after) = odd.split_at_checked(letter).unwrap_or_default();
        for byte in letter.bytes() {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
        rest = after;
    }
    encoded.push_str(rest);
    encoded
}

fn digit(half: u8) -> char {
    char::from(if half < 10 { b'0' + half } else { b'A' + half - 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_unreserved_is_encoded_and_decoded_again() {
        for (text, encoded) in [
            ("", ""),
            ("Az09-._~", "Az09-._~"),
            ("a b/é😀", "a%20b%2F%C3%A9%F0%9F%98%80"),
            ("%+\"\u{0}\u{7f}", "%25%2B%22%00%7F"),
        ] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded.as_bytes(), true).as_deref(), Some(text));
        }
    }
}
