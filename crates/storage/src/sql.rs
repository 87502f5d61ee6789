//! A tokenizer for SQL, just fine enough for the portability lint and the dialect translation.

/// A piece of a statement. The pieces put together again are the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'s> {
    /// A keyword, a name or a number.
    Word(&'s str),
    /// A text in single quotes.
    Literal(&'s str),
    /// A name in double quotes.
    Quoted(&'s str),
    /// `$1`.
    Parameter(&'s str),
    /// Spaces, line ends, comments.
    Space(&'s str),
    /// Any other single character.
    Sign(&'s str),
}

impl<'s> Token<'s> {
    pub(crate) fn text(self) -> &'s str {
        match self {
            Self::Word(text)
            | Self::Literal(text)
            | Self::Quoted(text)
            | Self::Parameter(text)
            | Self::Space(text)
            | Self::Sign(text) => text,
        }
    }

    /// Whether this is the word, in any case.
    pub(crate) fn is_word(self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_sign(self, sign: &str) -> bool {
        matches!(self, Self::Sign(text) if text == sign)
    }

    fn is_space(self) -> bool {
        matches!(self, Self::Space(_))
    }
}

/// All tokens of a statement.
pub(crate) fn tokens<'s>(sql: &'s str) -> Vec<Token<'s>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length): (fn(&'s str) -> Token<'s>, usize) = match first {
            '\'' => (Token::Literal, quoted_length(rest, '\'')),
            '"' => (Token::Quoted, quoted_length(rest, '"')),
            '$' => (Token::Parameter, 1 + prefix_length(rest.get(1..).unwrap_or(""), |c| c.is_ascii_digit())),
            '-' if rest.starts_with("--") => {
                (Token::Space, rest.find('\n').map_or(rest.len(), |end| end + 1))
            }
            '/' if rest.starts_with("/*") => {
                (Token::Space, rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            c if c.is_whitespace() => (Token::Space, prefix_length(rest, char::is_whitespace)),
            c if is_word_char(c) => (Token::Word, prefix_length(rest, is_word_char)),
            c => (Token::Sign, c.len_utf8()),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(kind(token));
        rest = after;
    }
    tokens
}

/// The tokens that mean something: no spaces, no comments.
pub(crate) fn meaningful(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).into_iter().filter(|token| !token.is_space()).collect()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn prefix_length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Up to and with the closing quote; a doubled quote closes and opens again, which comes to the same.
fn quoted_length(text: &str, quote: char) -> usize {
    text.get(1..).and_then(|inner| inner.find(quote)).map_or(text.len(), |end| end + 2)
}
