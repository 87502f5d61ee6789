//! Icons as inline SVG: one stroke, 24 by 24, drawn in the colour of the text beside them. They are always
//! beside words that say the same, so they are hidden from screen readers.
use askama::filters::HtmlSafe;
use std::fmt;

macro_rules! icons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $path:literal;)*) => {
        /// An icon; `Display` writes its SVG element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $variant),* }

        impl Icon {
            /// All icons, for the style guide.
            pub const ALL: &'static [Icon] = &[$(Icon::$variant),*];

            /// Name in templates
            pub fn name(self) -> &'static str {
                match self { $(Icon::$variant => $name),* }
            }

            /// By its name; an unknown one is drawn as `info` (a test looks at the names used).
            pub fn from_name(name: &str) -> Self {
                Self::ALL.iter().copied().find(|i| i.name() == name).unwrap_or(Icon::Info)
            }

            fn path(self) -> &'static str {
                match self { $(Icon::$variant => $path),* }
            }
        }
    };
}

icons! {
    /// Agrees
    Check = "check", "M4 12.5l5.5 5.5L20 6.5";
    /// Agrees without its marks
    CheckApprox = "check-approx", "M3.5 10.5l5 5L19 4.5M4 21c2.4-2 4.6-2 7 0s4.6 2 7 0";
    /// Near
    Near = "near", "M3.5 9.5c2.8-3 5.7-3 8.5 0s5.7 3 8.5 0M3.5 16.5c2.8-3 5.7-3 8.5 0s5.7 3 8.5 0";
    /// Does not agree
    Cross = "cross", "M5.5 5.5l13 13M18.5 5.5l-13 13";
    /// Not on record
    Blank = "blank", "M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v3M16 3.5h3A1.5 1.5 0 0 1 20.5 5v3M8 20.5H5A1.5 1.5 0 0 1 3.5 19v-3M16 20.5h3a1.5 1.5 0 0 0 1.5-1.5v-3";
    /// Not asked
    Minus = "minus", "M5 12h14";
    /// Not allowed; sign in
    Lock = "lock", "M6 10.5h12v10H6zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5M12 14.5v2";
    /// Worth knowing
    Info = "info", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5v.2";
    /// Take care
    Warning = "warning", "M12 3.5L2.5 20h19zM12 10v5M12 17.5v.2";
    /// Refused
    Stop = "stop", "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v5.5M12 16.3v.2";
    /// Search
    Search = "search", "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21";
    /// One person
    Person = "person", "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c.6-4 3.8-6 8-6s7.4 2 8 6";
    /// Many people
    People = "people", "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.5-3.5 3-5.2 6.5-5.2s6 1.7 6.5 5.2M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.8c2 .7 3.2 2.3 3.5 4.7";
    /// A document
    Document = "document", "M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h7M9 16.5h7";
    /// A key
    Key = "key", "M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.5 12H21.5M18 12v3.5M21 12v2.5";
    /// Time
    Clock = "clock", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.5l3.5 2";
    /// Print
    Print = "print", "M7 8.5v-5h10v5M7 17H3.5V8.5h17V17H17M7 14h10v6.5H7z";
    /// Copy
    Copy = "copy", "M8.5 8.5h12v12h-12zM15.5 8.5v-5h-12v12h5";
    /// Onward
    Arrow = "arrow", "M4 12h15M13 6l6 6-6 6";
    /// Back
    Back = "back", "M20 12H5M11 6l-6 6 6 6";
    /// Languages
    Globe = "globe", "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.7 2.6 4 5.6 4 9s-1.3 6.4-4 9c-2.7-2.6-4-5.6-4-9s1.3-6.4 4-9z";
    /// Sign out
    SignOut = "sign-out", "M10 3.5H4v17h6M9 12h12M16.5 7.5L21 12l-4.5 4.5";
    /// Protection
    Shield = "shield", "M12 3l8 3v5.5c0 4.5-3.2 7.8-8 9.5-4.8-1.7-8-5-8-9.5V6zM8.5 12l2.5 2.5 4.5-5";
    /// The journal
    Journal = "journal", "M5 3.5h14v17H5zM9 3.5v17M12 8h4M12 12h4";
    /// A signature
    Pen = "pen", "M4 20l1-4.5L16 4.5 19.5 8 8.5 19zM13.5 7l3.5 3.5M12 20.5h8.5";
    /// Decoding a message
    Message = "message", "M3.5 5.5h17v13h-17zM3.5 6.5l8.5 6.5 8.5-6.5";
    /// A decision
    Scales = "scales", "M12 3.5v17M7.5 20.5h9M5 6.5h14M5 6.5l-2.8 7h5.6zM19 6.5l-2.8 7h5.6z";
    /// The registry
    Registry = "registry", "M12 8.5c4.4 0 8-1.2 8-2.8S16.4 3 12 3 4 4.2 4 5.7s3.6 2.8 8 2.8zM4 5.7v12.6C4 19.8 7.6 21 12 21s8-1.2 8-2.7V5.7M4 12c0 1.5 3.6 2.7 8 2.7s8-1.2 8-2.7";
    /// Code
    Code = "code", "M8 6.5L2.5 12 8 17.5M16 6.5l5.5 5.5-5.5 5.5M13.5 4l-3 16";
    /// Down
    Down = "down", "M5.5 9l6.5 6.5L18.5 9";
    /// Home
    Home = "home", "M3.5 11.5L12 4l8.5 7.5M6 9.8v10.7h12V9.8M10 20.5v-6h4v6";
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"><path d="{}"/></svg>"#,
            self.path()
        )
    }
}

impl HtmlSafe for Icon {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_found_by_its_name() {
        for icon in Icon::ALL {
            assert_eq!(Icon::from_name(icon.name()), *icon);
        }
    }
}
