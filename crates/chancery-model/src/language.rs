//! The six official languages and texts written in all of them.

use std::fmt;
use std::ops::{Index, IndexMut};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the six official languages, by its ISO 639-1 code.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Ar,
    Zh,
    En,
    Fr,
    Ru,
    Es,
}

impl Language {
    /// In the order the Organization lists them.
    pub const ALL: [Self; 6] = [Self::Ar, Self::Zh, Self::En, Self::Fr, Self::Ru, Self::Es];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::Zh => "zh",
            Self::En => "en",
            Self::Fr => "fr",
            Self::Ru => "ru",
            Self::Es => "es",
        }
    }

    /// The value of HTML's `dir` attribute.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            _ => "ltr",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| format!("`{code}` is not one of ar, zh, en, fr, ru, es"))
    }
}

/// One value in each of the six languages; none may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Multilingual<T> {
    pub ar: T,
    pub zh: T,
    pub en: T,
    pub fr: T,
    pub ru: T,
    pub es: T,
}

/// A text in all six languages.
pub type Text = Multilingual<String>;

impl<T> Multilingual<T> {
    pub fn each(&self) -> impl Iterator<Item = (Language, &T)> {
        Language::ALL.into_iter().map(|language| (language, &self[language]))
    }

    /// Builds the value of each language in turn.
    pub fn try_from_fn<E>(mut value: impl FnMut(Language) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self {
            ar: value(Language::Ar)?,
            zh: value(Language::Zh)?,
            en: value(Language::En)?,
            fr: value(Language::Fr)?,
            ru: value(Language::Ru)?,
            es: value(Language::Es)?,
        })
    }
}

impl<T> IndexMut<Language> for Multilingual<T> {
    fn index_mut(&mut self, language: Language) -> &mut T {
        match language {
            Language::Ar => &mut self.ar,
            Language::Zh => &mut self.zh,
            Language::En => &mut self.en,
            Language::Fr => &mut self.fr,
            Language::Ru => &mut self.ru,
            Language::Es => &mut self.es,
        }
    }
}

impl<T> Index<Language> for Multilingual<T> {
    type Output = T;

    fn index(&self, language: Language) -> &T {
        match language {
            Language::Ar => &self.ar,
            Language::Zh => &self.zh,
            Language::En => &self.en,
            Language::Fr => &self.fr,
            Language::Ru => &self.ru,
            Language::Es => &self.es,
        }
    }
}

/// What `$read` makes of a file of each language, compiled in: `$folder`, its code, `$ending`. The path
/// is as `include_str!` has it where the macro is called.
#[macro_export]
macro_rules! each_language {
    ($read:expr, $folder:literal, $ending:literal) => {
        $crate::Multilingual {
            ar: $read(include_str!(concat!($folder, "ar", $ending))),
            zh: $read(include_str!(concat!($folder, "zh", $ending))),
            en: $read(include_str!(concat!($folder, "en", $ending))),
            fr: $read(include_str!(concat!($folder, "fr", $ending))),
            ru: $read(include_str!(concat!($folder, "ru", $ending))),
            es: $read(include_str!(concat!($folder, "es", $ending))),
        }
    };
}
