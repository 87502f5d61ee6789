//! Passwords: the rules for new ones, what was used before, changing.
use crate::account::{self, Account};
use crate::error::PasswordFault;
use crate::history::Change;
use crate::sealed::plain_login;
use crate::{Proof, Proven, Staff, StaffError, StaffRules, token};
use dancu_keys::{Secret, password};
use dancu_storage::{Row, Tx};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

const TABLE: &str = "staff_password";
/// Hashing takes longer with length, so there is an end (NIST SP 800-63B: at least 64 are to be allowed).
const MOST_CHARS: u16 = 128;
/// A login of fewer characters in a password says nothing.
const TELLING: usize = 4;

/// A password on its way into a row.
pub(crate) struct Hashed {
    id: String,
    account: String,
    phc: Vec<u8>,
}

/// What a new password breaks; nothing when it keeps the rules.
pub(crate) fn faults(rules: &StaffRules, has_factor: bool, login: &str, new: &Secret) -> Vec<PasswordFault> {
    let text = plain(new);
    let (chars, classes) = if has_factor {
        (rules.password_chars_with_mfa, rules.password_classes_with_mfa)
    } else {
        (rules.password_chars_without_mfa, rules.password_classes_without_mfa)
    };
    let length = text.chars().count();
    let login = plain_login(login);
    let holds_login = login.len() >= TELLING && text.to_lowercase().contains(&login);
    let found = [
        (length < usize::from(chars), PasswordFault::TooShort(chars)),
        (length > usize::from(MOST_CHARS), PasswordFault::TooLong(MOST_CHARS)),
        (classes_of(&text) < classes, PasswordFault::TooPlain(classes)),
        (holds_login, PasswordFault::HoldsLogin),
    ];
    found.into_iter().filter(|(broken, _)| *broken).map(|(_, fault)| fault).collect()
}

/// Keyboards encode accents in two ways; both are the same password (NIST SP 800-63B, 5.1.1.2: NFKC).
fn plain(password: &Secret) -> Zeroizing<String> {
    match password.expose_str() {
        Some(text) => Zeroizing::new(text.nfkc().collect()),
        None => Zeroizing::new(String::new()),
    }
}

/// Small letters, capital letters, digits, others.
fn classes_of(text: &str) -> u16 {
    let has = |is: fn(char) -> bool| u16::from(text.chars().any(is));
    let other = |c: char| !c.is_lowercase() && !c.is_uppercase() && !c.is_numeric();
    has(char::is_lowercase) + has(char::is_uppercase) + has(char::is_numeric) + has(other)
}

impl Staff {
    /// Changes the password of whoever holds this session, who gives the old one; all other sessions end.
    pub fn change_password(
        &self,
        session: &Secret,
        old: &Secret,
        new: &Secret,
        now_us: i64,
    ) -> Result<(), StaffError> {
        self.prove_password(session, old, now_us)?;
        self.change_password_by(session, new, now_us)
    }

    /// Whether whoever holds this session knows its password. The try counts.
    pub fn prove_password(&self, session: &Secret, old: &Secret, now_us: i64) -> Result<Proven, StaffError> {
        let session = self.session(session, now_us)?.ok_or(StaffError::NotSignedIn)?;
        self.proven(&session.account.id, &Proof::Password(old), &session.source_hash, now_us)?;
        Ok(Proven(session.account))
    }

    /// As `change_password`, by whoever just proved to know the old one.
    pub fn change_password_by(&self, session: &Secret, new: &Secret, now_us: i64) -> Result<(), StaffError> {
        let session = self.session(session, now_us)?.ok_or(StaffError::NotSignedIn)?;
        let hashed = self.new_password(&session.account, new, now_us)?;
        self.store.run_tx("staff.change_password", |tx| {
            let version = self.replace_password(tx, &session.account, &hashed, now_us)?;
            // The session in which it is changed goes on.
            tx.execute(
                "UPDATE staff_session SET version = $2, proved_at_us = $3 WHERE id = $1",
                &[session.id.as_str().into(), version.into(), now_us.into()],
            )?;
            Ok(())
        })
    }

    /// Whether the password of an account is right, for an account that has one; as slow when it has none.
    pub(crate) fn password_fits(&self, phc: Option<&Secret>, given: &Secret) -> Result<bool, StaffError> {
        let stored = phc.and_then(Secret::expose_str).unwrap_or(&self.decoy);
        let fits = password::verify(plain(given).as_bytes(), stored)?;
        Ok(fits && phc.is_some())
    }

    /// The password in use, and since when.
    pub(crate) fn password_of(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
    ) -> Result<Option<(Secret, i64)>, StaffError> {
        let sql =
            "SELECT id, phc, set_at_us FROM staff_password WHERE account = $1 ORDER BY number DESC LIMIT 1";
        let row = tx.query_opt(sql, &[account.into()])?;
        row.map(|row| Ok((self.phc(&row)?, row.int(2)?))).transpose()
    }

    /// Looks at a new password and hashes it. Compares it with the last ones, which takes its time.
    pub(crate) fn new_password(
        &self,
        account: &Account,
        new: &Secret,
        now_us: i64,
    ) -> Result<Hashed, StaffError> {
        let rules = self.rules(now_us)?;
        let has_factor =
            self.store.read("staff.has_factor", |tx| Self::factors(tx, &account.id))?.is_strong();
        let mut faults = faults(&rules, has_factor, &account.login, new);
        if faults.is_empty() && self.was_used(&account.id, new, rules.password_history)? {
            faults.push(PasswordFault::UsedBefore(rules.password_history));
        }
        if faults.is_empty() {
            self.hash_password(&account.id, new)
        } else {
            Err(StaffError::Password(faults))
        }
    }

    fn was_used(&self, account: &str, new: &Secret, last: u16) -> Result<bool, StaffError> {
        let sql = "SELECT id, phc FROM staff_password WHERE account = $1 ORDER BY number DESC LIMIT $2";
        let earlier: Vec<Secret> = self.store.read("staff.earlier_passwords", |tx| {
            let rows = tx.query(sql, &[account.into(), last.into()])?;
            rows.iter().map(|row| self.phc(row)).collect::<Result<_, StaffError>>()
        })?;
        for phc in &earlier {
            if self.password_fits(Some(phc), new)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn phc(&self, row: &Row) -> Result<Secret, StaffError> {
        self.sealer.open(TABLE, row.text(0)?, "phc", row.bytes(1)?)
    }

    pub(crate) fn hash_password(&self, account: &str, new: &Secret) -> Result<Hashed, StaffError> {
        let id = token::id()?;
        let phc = Zeroizing::new(password::hash(plain(new).as_bytes(), self.passwords)?);
        let phc = self.sealer.seal(TABLE, &id, "phc", phc.as_bytes())?;
        Ok(Hashed { id, account: account.to_owned(), phc })
    }

    /// Puts a password on top of the earlier ones, and forgets those that no rule asks about any more.
    pub(crate) fn put_password(
        &self,
        tx: &mut Tx<'_>,
        hashed: &Hashed,
        now_us: i64,
    ) -> Result<(), StaffError> {
        let kept = i64::from(self.rules(now_us)?.password_history);
        let account = hashed.account.as_str();
        let top = tx.query_opt(
            "SELECT number FROM staff_password WHERE account = $1 ORDER BY number DESC LIMIT 1",
            &[account.into()],
        )?;
        let number = top.map(|row| row.int(0)).transpose()?.unwrap_or(0) + 1;
        tx.execute(
            "INSERT INTO staff_password (id, account, number, phc, set_at_us) VALUES ($1, $2, $3, $4, $5)",
            &[hashed.id.as_str().into(), account.into(), number.into(), (&hashed.phc).into(), now_us.into()],
        )?;
        tx.execute(
            "DELETE FROM staff_password WHERE account = $1 AND number <= $2",
            &[account.into(), (number - kept.max(1)).into()],
        )?;
        Ok(())
    }

    /// Makes it the password of its holder's own choice; gives the new version of the account.
    pub(crate) fn replace_password(
        &self,
        tx: &mut Tx<'_>,
        seen: &Account,
        hashed: &Hashed,
        now_us: i64,
    ) -> Result<i64, StaffError> {
        let account = account::must(tx, &self.sealer, &seen.id)?;
        if account.version != seen.version || !account.lets_work(now_us) {
            return Err(StaffError::NotSignedIn);
        }
        self.put_password(tx, hashed, now_us)?;
        tx.execute(
            "UPDATE staff_account SET must_change = 0, handed_until_us = NULL, version = version + 1, \
             changed_at_us = $2 WHERE id = $1",
            &[account.id.as_str().into(), now_us.into()],
        )?;
        self.note(tx, &account.id, Change::Password, &account.id, None, None, now_us)?;
        Ok(account.version + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StaffLaw;
    use dancu_citizen::CivilDate;

    fn rules() -> StaffRules {
        StaffLaw::built_in().unwrap().on(CivilDate::parse_iso("2026-11-21").unwrap()).unwrap()
    }

    fn of(password: &str, has_factor: bool) -> Vec<PasswordFault> {
        faults(&rules(), has_factor, "nguyen.van.a", &Secret::new(password))
    }

    #[test]
    fn with_a_second_factor_eight_characters_do() {
        assert_eq!(of("abcdefgh", true), []);
        assert_eq!(of("abcdefg", true), [PasswordFault::TooShort(8)]);
        assert_eq!(of("ngữ âm Việt", true), []);
    }

    #[test]
    fn without_one_fourteen_of_four_classes() {
        assert_eq!(of("Trời xanh 2026", false), []);
        assert_eq!(of("Trời xanh 202", false), [PasswordFault::TooShort(14)]);
        assert_eq!(of("trời xanh 2026", false), [PasswordFault::TooPlain(4)]);
        assert_eq!(of("abc", false), [PasswordFault::TooShort(14), PasswordFault::TooPlain(4)]);
    }

    #[test]
    fn accents_count_once_however_they_are_encoded() {
        let (one, two) = ("Việt", "Vie\u{323}\u{302}t");
        assert_ne!(one, two);
        assert_eq!(*plain(&Secret::new(one)), *plain(&Secret::new(two)));
    }

    #[test]
    fn neither_too_long_nor_with_the_login() {
        assert_eq!(of(&"x".repeat(129), true), [PasswordFault::TooLong(128)]);
        assert_eq!(of("1Nguyen.Van.A1", true), [PasswordFault::HoldsLogin]);
        assert_eq!(faults(&rules(), true, "nguyen.van.a", &Secret::new([0xff; 9])).len(), 2, "not UTF-8");
    }
}
