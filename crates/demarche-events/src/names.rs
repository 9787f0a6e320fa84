//! Comparing names as they are written in event files.

/// A name longer than this is no name of ours.
const LONGEST: usize = 96;

/// A name made comparable without allocation: lower case, without accents, blanks for
/// underscores, one kind of apostrophe, no blanks around it.
pub(crate) struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Folded {
    /// Bytes that are not UTF-8 are read as Latin-1. `None` where the name is too long or holds
    /// letters other than Latin ones, so that it cannot be one of ours.
    pub(crate) fn new(name: &[u8]) -> Option<Self> {
        let mut folded = Self {
            bytes: [0; LONGEST],
            len: 0,
        };
        let name = name.trim_ascii();
        match std::str::from_utf8(name) {
            Ok(text) => text.chars().try_for_each(|c| folded.push(c))?,
            Err(_) => name.iter().try_for_each(|&b| folded.push(b.into()))?,
        }
        Some(folded)
    }

    fn push(&mut self, c: char) -> Option<()> {
        let byte = match c {
            '_' => b' ',
            '\u{2018}' | '\u{2019}' | '`' => b'\'',
            'à'..='å' | 'À'..='Å' | 'ā' => b'a',
            'è'..='ë' | 'È'..='Ë' => b'e',
            'ì'..='ï' | 'Ì'..='Ï' => b'i',
            'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' => b'o',
            'ù'..='ü' | 'Ù'..='Ü' => b'u',
            'ç' | 'Ç' => b'c',
            'ñ' | 'Ñ' => b'n',
            _ if c.is_ascii() => c.to_ascii_lowercase() as u8,
            _ => return None,
        };
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(name: &[u8]) -> Option<String> {
        Folded::new(name).map(|f| String::from_utf8(f.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn spellings_of_one_name_fall_together() {
        let want = Some("cote d'ivoire".to_owned());
        for name in ["Côte d'Ivoire", "COTE_D\u{2019}IVOIRE", " cote d'ivoire "] {
            assert_eq!(fold(name.as_bytes()), want, "{name}");
        }
        assert_eq!(fold(b"C\xf4te d'Ivoire"), want, "Latin-1");
        assert_eq!(fold("한국".as_bytes()), None);
        assert_eq!(fold(&[b'a'; 97]), None);
        assert_eq!(fold(&[b'a'; 96]).map(|f| f.len()), Some(96));
    }
}
