//! Closed sets of names: one list makes the type, its stored text and its JSON, so that the three cannot differ.

/// Defines an enum that is stored as text and sent as JSON under the given names. The calling crate needs `serde`, `sqlx` and `utoipa`.
#[macro_export]
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:tt,)* }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::sqlx::Type,
            ::utoipa::ToSchema,
        )]
        #[sqlx(type_name = "text")]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] #[sqlx(rename = $text)] $variant,)* }

        impl $name {
            /// Every member, in the order of the definition.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
