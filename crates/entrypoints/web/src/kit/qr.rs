//! QR codes as SVG.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// `text` as a QR code, in SVG for the middle of a page: dark on light in every theme, since that is what cameras expect. Empty when
/// `text` is longer than a code can hold.
pub(crate) fn svg(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return String::new() };
    let drawn = code.render().dark_color(Color("#17131c")).light_color(Color("#fffdf8")).build();
    // Inline SVG has no XML declaration.
    drawn.find("<svg").map(|start| drawn[start..].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_a_picture_without_a_head_and_too_much_is_none() {
        let drawn = super::svg("otpauth://totp/Stagedoor:ana?secret=GEZDGNBV");
        assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>") && !drawn.contains("style="), "{drawn}");
        assert!(super::svg(&"x".repeat(5_000)).is_empty());
    }
}
