//! A header map as Envoy keeps it: ordered pairs of bytes, names in lower case, and its form on the ABI.

/// Values are bytes, not text: one client byte above 0x7f must be able to reach the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(Vec<u8>, Vec<u8>)>);

impl Headers {
    /// The first value under this name; the ABI's getter shows no more either.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(key, _)| key == name.as_bytes());
        found.map(|(_, value)| value.as_slice())
    }

    /// The first value as text, empty when there is none.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(self.get(name).unwrap_or_default()).into_owned()
    }

    pub fn add(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let name = name.as_ref().to_ascii_lowercase();
        self.0.push((name, value.as_ref().to_vec()));
    }

    pub fn remove(&mut self, name: impl AsRef<[u8]>) {
        let name = name.as_ref().to_ascii_lowercase();
        self.0.retain(|(key, _)| *key != name);
    }

    pub fn replace(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.remove(&name);
        self.add(name, value);
    }

    pub(super) fn add_missing(&mut self, name: &str, value: impl AsRef<[u8]>) {
        if self.get(name).is_none() {
            self.add(name, value);
        }
    }

    /// CR, LF and NUL would change the message on the wire; Envoy's router refuses to send them.
    pub(super) fn first_invalid(&self) -> Option<String> {
        let invalid = |value: &[u8]| value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        let found = self.0.iter().find(|(_, value)| invalid(value));
        found.map(|(name, _)| String::from_utf8_lossy(name).into_owned())
    }

    /// Count, then all lengths, then names and values, each with a NUL behind it. An empty map is no bytes.
    pub(super) fn marshal(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut out = (self.0.len() as u32).to_le_bytes().to_vec();
        for (name, value) in &self.0 {
            out.extend((name.len() as u32).to_le_bytes());
            out.extend((value.len() as u32).to_le_bytes());
        }
        for text in self.0.iter().flat_map(|(name, value)| [name, value]) {
            out.extend(text);
            out.push(0);
        }
        out
    }

    /// Bytes that are not a map count as an empty one, as in Envoy.
    pub(super) fn unmarshal(bytes: &[u8]) -> Self {
        Self::read(bytes).unwrap_or_default()
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let count = word(&mut bytes)?;
        let mut lengths = Vec::new();
        for _ in 0..count {
            lengths.push((word(&mut bytes)?, word(&mut bytes)?));
        }
        let mut headers = Self::default();
        for (name, value) in lengths {
            headers.add(text(&mut bytes, name)?, text(&mut bytes, value)?);
        }
        Some(headers)
    }
}

fn word(bytes: &mut &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*head) as usize)
}

fn text<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest.get(1..)?;
    Some(head)
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.add(name, value);
        }
        headers
    }
}
