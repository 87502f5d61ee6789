//! `dancu feed`: who may fetch entries.
use super::StoreArguments;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use dancu_feed::PullToken;

/// The feed to a security centre
#[derive(Debug, Subcommand)]
pub enum Feed {
    /// Make a token with which entries can be fetched, and note its hash in the file that the configuration names
    Token(Token),
}

/// Make a token
#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    store: StoreArguments,
    /// Whose it is, for the file
    #[arg(long, default_value = "")]
    name: String,
}

/// Random bytes of a token.
const STRENGTH: usize = 32;

impl Feed {
    pub fn run(self) -> anyhow::Result<()> {
        let Self::Token(Token { store, name }) = self;
        let path = store.config()?.feed.pull_tokens;
        anyhow::ensure!(
            !path.as_os_str().is_empty(),
            "set feed.pull_tokens to the file of the tokens' hashes"
        );
        anyhow::ensure!(!name.contains(['\n', '\r']), "a name is one line");
        let mut file = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let token = crate::files::random_text(STRENGTH)?;
        if !file.is_empty() && !file.ends_with('\n') {
            file.push('\n');
        }
        file.push_str(&PullToken::of(&token).line(&name));
        crate::files::write_private(&path, file.as_bytes())?;
        println!("{token}");
        eprintln!("its hash is in {}; it holds from the next start on and is shown only now", path.display());
        Ok(())
    }
}
