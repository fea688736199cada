//! Pages of a list by stable cursor: a cursor holds the sort key of the last item seen, not an offset.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// An opaque position in a list, URL-safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Cursor(String);

/// The cursor was not made by this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave out; start again without it")]
pub struct BadCursor;

impl Cursor {
    /// The longest accepted cursor, in bytes.
    const LENGTH_MAX: usize = 512;

    /// The cursor for `key`.
    pub fn encode(key: &impl Serialize) -> Self {
        Self(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("sort keys are plain data")))
    }

    /// A cursor from a client, not yet decoded.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The decoded key.
    pub fn decode<Key: DeserializeOwned>(&self) -> Result<Key, BadCursor> {
        if self.0.len() > Self::LENGTH_MAX {
            return Err(BadCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| BadCursor)?;
        serde_json::from_slice(&bytes).map_err(|_| BadCursor)
    }

    /// The text that clients see.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The requested page.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// The number of items; already within bounds.
    pub limit: u16,
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// The most items one page may hold.
    pub const LIMIT_MAX: u16 = 100;

    /// The first page of `limit` items.
    pub const fn first(limit: u16) -> Self {
        Self { limit, cursor: None }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<Item> {
    pub items: Vec<Item>,
    /// The cursor of the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

impl<Item> Page<Item> {
    /// A page from up to `limit + 1` rows: the extra one only shows that there is a next page.
    pub fn from_rows<Key: Serialize>(mut rows: Vec<Item>, limit: u16, key: impl Fn(&Item) -> Key) -> Self {
        let more = rows.len() > usize::from(limit);
        rows.truncate(usize::from(limit));
        let next_cursor = if more { rows.last().map(|last| Cursor::encode(&key(last))) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The same page with every item turned into something else.
    pub fn map<Other>(self, turn: impl FnMut(Item) -> Other) -> Page<Other> {
        Page { items: self.items.into_iter().map(turn).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_its_key() {
        let cursor = Cursor::encode(&(487, "juno"));
        assert_eq!(cursor.decode::<(i32, String)>(), Ok((487, "juno".to_owned())));
    }

    #[test]
    fn rubbish_is_refused() {
        for text in ["", "***", "bnVsbA", &"A".repeat(600)] {
            assert_eq!(Cursor::from_text(text).decode::<(i32, String)>(), Err(BadCursor));
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        assert!(Page::from_rows(vec![1, 2, 3], 3, |n| *n).next_cursor.is_none());
        let page = Page::from_rows(vec![1, 2, 3, 4], 3, |n| *n);
        assert_eq!((page.items, page.next_cursor), (vec![1, 2, 3], Some(Cursor::encode(&3))));
    }
}
