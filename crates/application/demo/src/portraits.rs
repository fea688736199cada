//! The portraits: line art drawn at build time by `portraits/draw.js`, on a background in the celebrity's hue.

use std::io::Read as _;

use serde::Deserialize;

/// The compressed drawings; parts that drawings share are stored once.
const PACKED: &[u8] = include_bytes!("../portraits/portraits.json.gz");

/// How most readers see the person of a drawing, so that the name fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    Feminine,
    Masculine,
    Either,
}

#[derive(Debug, Deserialize)]
struct Drawing {
    look: Look,
    parts: Vec<usize>,
}

/// All drawings, decompressed.
#[derive(Debug, Deserialize)]
pub struct Portraits {
    parts: Vec<String>,
    drawings: Vec<Drawing>,
}

impl Portraits {
    /// Decompresses the embedded drawings.
    pub fn unpack() -> Self {
        let mut text = String::new();
        flate2::read::GzDecoder::new(PACKED).read_to_string(&mut text).expect("the embedded drawings are valid gzip");
        serde_json::from_str(&text).expect("the embedded drawings are valid JSON")
    }

    /// How many drawings there are.
    pub fn count(&self) -> usize {
        self.drawings.len()
    }

    /// The look of the drawing `index`.
    pub fn look(&self, index: usize) -> Look {
        self.drawings[index].look
    }

    /// The portrait as SVG: 4:5, a flat background, a round spotlight, line art. It has no script and no external reference.
    pub fn poster(&self, index: usize, hue: u16) -> String {
        let ground = srgb(0.72, 0.14, hue);
        let spotlight = srgb(0.93, 0.09, hue + 20);
        let figure: String = self.drawings[index].parts.iter().map(|part| self.parts[*part].as_str()).collect();
        let frame = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1744 2180" fill="none">"#;
        let ground = format!(r#"<path fill="{ground}" d="M0 0h1744v2180H0z"/>"#);
        let spotlight = format!(r#"<circle cx="872" cy="891" r="627" fill="{spotlight}"/>"#);
        format!(r#"{frame}{ground}{spotlight}<g transform="translate(0 440)">{figure}</g></svg>"#)
    }
}

/// `oklch(lightness chroma hue)` as `#rrggbb`, because rasterisers and mail programs do not support oklch. Channels outside sRGB
/// are clipped, as browsers do, so that the colour matches the page's background.
fn srgb(lightness: f64, chroma: f64, hue: u16) -> String {
    let [red, green, blue] = linear_srgb(lightness, chroma, f64::from(hue)).map(to_byte);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The inverse of Björn Ottosson's Oklab transform.
fn linear_srgb(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cosine, chroma * sine);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
    ]
}

fn to_byte(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_match_the_reference() {
        assert_eq!(srgb(1.0, 0.0, 0), "#ffffff");
        // As Chromium paints them; the second lies outside sRGB.
        assert_eq!(srgb(0.72, 0.14, 60), "#e38d3d");
        assert_eq!(srgb(0.72, 0.14, 200), "#00bec7");
    }

    #[test]
    fn every_poster_is_plain_and_small() {
        let portraits = Portraits::unpack();
        assert_eq!(portraits.count(), 240);
        for index in 0..portraits.count() {
            let poster = portraits.poster(index, 200);
            assert!(poster.len() < 80_000, "poster {index} weighs {} bytes", poster.len());
            for bad in ["<script", "href", "onload", "<image", "<foreignObject", "oklch"] {
                assert!(!poster.contains(bad), "poster {index} holds {bad}");
            }
        }
    }
}
