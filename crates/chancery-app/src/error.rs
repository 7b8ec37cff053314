use chancery_model::{Diagnostic, Diagnostics, Place};

/// Why a use case could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call or the input is wrong.
    #[error("{0}")]
    Wrong(Diagnostics),
    /// It may be right, but whoever asks may not have it done.
    #[error("you may not do this")]
    Forbidden,
    #[error(transparent)]
    Journal(#[from] chancery_journal::store::Error),
    #[error(transparent)]
    Measures(chancery_measures::Error),
    #[error(transparent)]
    Search(#[from] chancery_search::Error),
    #[error("{path}: {error}")]
    Io { path: String, error: std::io::Error },
}

impl Error {
    pub fn io(path: impl AsRef<std::path::Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().display().to_string();
        move |error| Self::Io { path, error }
    }

    /// What is written out could not be.
    pub fn written(error: std::io::Error) -> Self {
        Self::Io { path: "what is written".to_owned(), error }
    }

    /// One thing that is wrong with the call.
    pub fn wrong(found: impl Into<String>) -> Self {
        Self::Wrong(Diagnostic::error(Place::default(), found).into())
    }
}

impl From<Diagnostics> for Error {
    fn from(problems: Diagnostics) -> Self {
        Self::Wrong(problems)
    }
}

impl From<Diagnostic> for Error {
    fn from(problem: Diagnostic) -> Self {
        Self::Wrong(problem.into())
    }
}

impl From<chancery_measures::Error> for Error {
    fn from(error: chancery_measures::Error) -> Self {
        match error {
            chancery_measures::Error::Refused(problems) => Self::Wrong(problems),
            other => Self::Measures(other),
        }
    }
}
