//! The colour of a poster.

use serde::Serialize;

/// A hue in degrees as the three classes that the stylesheet turns into a colour: inline styles are not allowed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Hue {
    pub hundreds: i16,
    pub tens: i16,
    pub ones: i16,
}

impl From<i16> for Hue {
    fn from(degrees: i16) -> Self {
        let degrees = degrees.rem_euclid(360);
        Self { hundreds: degrees / 100, tens: degrees / 10 % 10, ones: degrees % 10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hue_is_three_digits() {
        let Hue { hundreds, tens, ones } = Hue::from(217);
        assert_eq!((hundreds, tens, ones), (2, 1, 7));
        let Hue { hundreds, tens, ones } = Hue::from(-5);
        assert_eq!((hundreds, tens, ones), (3, 5, 5));
    }
}
