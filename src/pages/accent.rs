//! The operator's colour, made readable.
//!
//! One `#rrggbb` is all a brand gives. White text on yellow or navy links on black would fail people, so
//! what reaches the page is that colour moved towards black or white until it passes WCAG 2.2 AA on our
//! own surfaces, in light and in dark. Values are printed from numbers: no text of a setting reaches CSS.

use core::fmt;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb([u8; 3]);

/// The card in the light theme, as `style.css` has it.
const LIGHT_CARD: Rgb = Rgb([0xff, 0xff, 0xff]);
/// The card in the dark theme, as `style.css` has it.
const DARK_CARD: Rgb = Rgb([0x17, 0x1b, 0x21]);
/// Edgeward's own colour.
const OWN: Rgb = Rgb([0x1d, 0x5f, 0xd6]);

const BLACK: Rgb = Rgb([0; 3]);
const WHITE: Rgb = Rgb([0xff; 3]);

/// For links and the focus ring: text needs 4.5 (WCAG 1.4.3); a little more, because the page behind
/// the card is not quite as light or dark as the card.
const TEXT: f64 = 5.0;
/// For the button's face against the card (WCAG 1.4.11).
const FACE: f64 = 3.0;

impl Rgb {
    /// Reads `#rrggbb`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Contrast ratio of two colours, 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The nearest colour, darker or lighter, that has this contrast to `surface`.
    fn readable(self, surface: Self, contrast: f64) -> Self {
        let pole = surface.ink();
        // The way to black keeps the hue. So does the way to white as long as it leads over the colour's
        // own full brightness: straight there it would turn grey.
        let middle = if pole == WHITE {
            self.vivid()
        } else {
            self.mixed(pole, 50)
        };
        let first = (0..=100).map(|percent| self.mixed(middle, percent));
        let second = (1..=100).map(|percent| middle.mixed(pole, percent));
        first
            .chain(second)
            .find(|colour| colour.contrast(surface) >= contrast)
            .unwrap_or(pole)
    }

    /// The same hue as bright as it can be without white in it. Black has none and stays black.
    fn vivid(self) -> Self {
        let brightest = u32::from(self.0.into_iter().max().unwrap_or_default());
        self.each(self, |channel, _| {
            channel
                .saturating_mul(255)
                .checked_div(brightest)
                .unwrap_or_default()
        })
    }

    /// `percent` of `other` in it.
    fn mixed(self, other: Self, percent: u32) -> Self {
        let rest = 100_u32.saturating_sub(percent);
        self.each(other, |from, to| {
            from.saturating_mul(rest)
                .saturating_add(to.saturating_mul(percent))
                / 100
        })
    }

    fn each(mut self, other: Self, channel: impl Fn(u32, u32) -> u32) -> Self {
        for (ours, theirs) in self.0.iter_mut().zip(other.0) {
            *ours = u8::try_from(channel(u32::from(*ours), u32::from(theirs))).unwrap_or(u8::MAX);
        }
        self
    }

    /// Black or white, whichever reads better on this colour; the better one always has 4.5.
    fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) {
            WHITE
        } else {
            BLACK
        }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The variables `style.css` builds on, for a brand's colour or, without one, our own.
pub(super) fn stylesheet(brand: Option<Rgb>) -> String {
    let colour = brand.unwrap_or(OWN);
    let theme = |card: Rgb| {
        let face = colour.readable(card, FACE);
        let text = colour.readable(card, TEXT);
        format!(
            ":root{{--face:{face};--on-face:{ink};--accent:{text}}}",
            ink = face.ink()
        )
    };
    format!(
        "{}@media (prefers-color-scheme:dark){{{}}}",
        theme(LIGHT_CARD),
        theme(DARK_CARD)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(
            Rgb::parse("#A1b2C3").map(|c| c.to_string()).as_deref(),
            Some("#a1b2c3")
        );
        for wrong in [
            "", "#fff", "a1b2c3", "#a1b2c", "#a1b2c3;", "#+1b2c3", "red", "#ααα",
        ] {
            assert_eq!(Rgb::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn any_brand_is_readable_in_both_themes() {
        for text in [
            "#ffe000", "#ffffff", "#000000", "#000080", "#ff0000", "#777777", "#00ff88", "#171b21",
        ] {
            let colour = Rgb::parse(text).unwrap();
            for card in [LIGHT_CARD, DARK_CARD] {
                let face = colour.readable(card, FACE);
                let link = colour.readable(card, TEXT);
                assert!(face.contrast(card) >= FACE, "{text} as button");
                assert!(face.ink().contrast(face) >= 4.5, "{text} under its label");
                assert!(link.contrast(card) >= TEXT, "{text} as link");
            }
        }
        let navy = Rgb::parse("#000080").unwrap();
        assert_eq!(navy.readable(LIGHT_CARD, TEXT), navy, "kept if it can be");
    }

    /// Our own greys and signal colours, read from the style sheet that ships.
    #[test]
    fn the_palette_is_readable() {
        let css = include_str!("templates/style.css");
        let (light, dark) = css.split_once("prefers-color-scheme").unwrap();
        for theme in [light, dark] {
            let colour = |name: &str| {
                let (_, rest) = theme.split_once(&format!("--{name}:")).unwrap();
                Rgb::parse(rest.trim_start().get(..7).unwrap()).unwrap()
            };
            let surfaces = [colour("paper"), colour("card")];
            for surface in surfaces {
                for (name, least) in [
                    ("ink", 7.0),
                    ("soft", 4.5),
                    ("good", 4.5),
                    ("warn", 4.5),
                    ("bad", 4.5),
                    ("edge", 3.0),
                ] {
                    let ratio = colour(name).contrast(surface);
                    assert!(ratio >= least, "--{name} on {surface}: {ratio:.2}");
                }
            }
        }
        let card = |theme: &str| theme.contains(&format!("--card: {LIGHT_CARD}"));
        assert!(
            card(light),
            "accent.rs and style.css agree on the light card"
        );
        assert!(
            dark.contains(&format!("--card: {DARK_CARD}")),
            "and on the dark one"
        );
    }
}
