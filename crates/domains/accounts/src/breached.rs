//! Passwords that were found in breaches, from a file that an operator downloads: one SHA-1 in hexadecimal letters on each line, sorted,
//! optionally with a colon and a count, as Have I Been Pwned publishes it. It is searched on the disk, so its size does not matter.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Secret;
use sha1::{Digest, Sha1};

/// The letters of a hash.
const HASH_LENGTH: usize = 40;
/// More than any line has: a hash, a colon and a count.
const LINE_MAX: usize = 128;

/// The list.
#[derive(Debug, Clone)]
pub struct BreachedPasswords {
    path: Arc<PathBuf>,
}

impl BreachedPasswords {
    /// The list at `path`, if its first and last lines look like one.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut list = SortedHashes::open(path)?;
        let (first, last) = (list.line_from(0)?, list.line_from(list.length.saturating_sub(LINE_MAX as u64 / 2))?);
        if first.is_none_or(|first| last.is_some_and(|last| last < first)) {
            return Err(not_a_list());
        }
        Ok(Self { path: Arc::new(path.to_owned()) })
    }

    /// Whether the password, as it is hashed for log-ins, stands in the list.
    pub(crate) async fn contain(&self, password: &str) -> io::Result<bool> {
        let path = Arc::clone(&self.path);
        let wanted = Secret::new(hash_of(password));
        tokio::task::spawn_blocking(move || SortedHashes::open(&path)?.contain(wanted.expose()))
            .await
            .map_err(io::Error::other)?
    }
}

type HashText = [u8; HASH_LENGTH];

fn hash_of(password: &str) -> HashText {
    let mut text = [0; HASH_LENGTH];
    for (pair, byte) in text.chunks_exact_mut(2).zip(Sha1::digest(password.as_bytes())) {
        pair.copy_from_slice(format!("{byte:02X}").as_bytes());
    }
    text
}

/// The open file.
struct SortedHashes {
    file: File,
    length: u64,
}

impl SortedHashes {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// Searches by halving the bytes in which a line may begin.
    fn contain(&mut self, wanted: &HashText) -> io::Result<bool> {
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.line_from(middle)?.map_or(Ordering::Greater, |found| found.cmp(wanted)) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    /// The hash on the first line that begins at `offset` or later.
    fn line_from(&mut self, offset: u64) -> io::Result<Option<HashText>> {
        // Read from one byte earlier, so that a line that starts exactly at `offset` is found.
        let start = offset.saturating_sub(1);
        self.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(2 * LINE_MAX);
        self.file.by_ref().take(2 * LINE_MAX as u64).read_to_end(&mut bytes)?;
        let begin = if offset == 0 {
            0
        } else {
            match bytes.iter().position(|byte| *byte == b'\n') {
                Some(end) => end + 1,
                None if start + bytes.len() as u64 >= self.length => return Ok(None),
                None => return Err(not_a_list()),
            }
        };
        let line = bytes[begin..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        let hash = line.first_chunk::<HASH_LENGTH>().filter(|hash| hash.iter().all(u8::is_ascii_hexdigit));
        let rest = line.get(HASH_LENGTH..).unwrap_or_default();
        match hash {
            Some(hash) if rest.is_empty() || rest[0] == b':' => {
                Ok(Some(hash.to_ascii_uppercase().try_into().unwrap_or(*hash)))
            }
            _ => Err(not_a_list()),
        }
    }
}

fn not_a_list() -> io::Error {
    let sentence =
        "each line should be a SHA-1 in 40 hexadecimal letters, in their order, and may go on with a colon and a count";
    io::Error::new(io::ErrorKind::InvalidData, sentence)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A file that is deleted when dropped.
    struct Listed(PathBuf);

    impl Listed {
        fn of(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("stagedoor-breached-{}-{name}", std::process::id()));
            File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
            Self(path)
        }
    }

    impl Drop for Listed {
        fn drop(&mut self) {
            std::fs::remove_file(&self.0).ok();
        }
    }

    fn sorted(passwords: &[String], ending: &str) -> String {
        let mut hashes: Vec<String> =
            passwords.iter().map(|password| String::from_utf8(hash_of(password).to_vec()).unwrap()).collect();
        hashes.sort();
        hashes
            .iter()
            .enumerate()
            .map(|(turn, hash)| format!("{hash}:{}{ending}", 7_usize.pow(turn as u32 % 9)))
            .collect()
    }

    #[test]
    fn a_hash_is_written_as_the_published_lists_do() {
        assert_eq!(&hash_of("password"), b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }

    #[tokio::test]
    async fn every_password_of_a_list_is_found_and_no_other() {
        let all: Vec<String> = (0..1_000).map(|number| format!("password number {number}")).collect();
        for (name, ending) in [("lf", "\n"), ("crlf", "\r\n")] {
            let file = Listed::of(name, &sorted(&all, ending));
            let list = BreachedPasswords::open(&file.0).unwrap();
            for password in &all {
                assert!(list.contain(password).await.unwrap(), "{password}");
            }
            for number in 1_000..1_200 {
                assert!(!list.contain(&format!("password number {number}")).await.unwrap());
            }
        }
    }

    #[tokio::test]
    async fn a_list_may_be_in_small_letters_without_counts_and_without_a_last_line_break() {
        let one = String::from_utf8(hash_of("one").to_vec()).unwrap().to_lowercase();
        let file = Listed::of("small", &one);
        let list = BreachedPasswords::open(&file.0).unwrap();
        assert!(list.contain("one").await.unwrap() && !list.contain("two").await.unwrap());
    }

    #[test]
    fn what_is_no_such_list_is_refused_at_once() {
        let hash = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
        let reversed = format!("{hash}:1\n{}:1\n", hash.replace('5', "0"));
        let long = "x".repeat(10_000);
        for (name, text) in [("empty", ""), ("plain", "password\n123456\n"), ("reversed", &reversed), ("long", &long)] {
            let file = Listed::of(name, text);
            assert!(BreachedPasswords::open(&file.0).is_err(), "{name}");
        }
        assert!(BreachedPasswords::open(Path::new("/nowhere")).is_err());
    }
}
