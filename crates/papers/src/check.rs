//! What is wrong with a form, each by the name of its field.
use crate::text::is_printable;
use dancu_citizen::PersonalId;
use dancu_policy::AgencyCode;

/// One thing that is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field by its path: `representative.phone`, `accounts[3].login` (rows from 1)
    pub field: String,
    /// What is wrong with it
    pub fault: Fault,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is filled in
    Missing,
    /// Longer than so many characters
    TooLong(usize),
    /// A letter that the paper's typeface does not have, or a control character
    Unprintable,
    /// Not 12 digits, nor 9
    PersonNumber,
    /// Not a telephone number: 8 to 15 digits, `+`, spaces, dots, hyphens
    Phone,
    /// Not an e-mail address
    Email,
    /// Not 8 to 60 characters without spaces
    Login,
    /// Not an agency code (Decision 20/2020/QĐ-TTg, or the older form of QCVN 102:2016)
    AgencyCode,
    /// Nought, or more than can be meant
    Number,
    /// The same as in another row
    Twice,
    /// Before what it follows
    TooEarly,
    /// Does not agree with the rows it sums up or the field it follows from
    Contradiction,
}

impl Fault {
    /// In Vietnamese, for the person who fills in the form.
    pub fn vi(self) -> String {
        match self {
            Self::Missing => "chưa điền".to_owned(),
            Self::TooLong(most) => format!("dài quá {most} ký tự"),
            Self::Unprintable => "có ký tự không in được trên văn bản".to_owned(),
            Self::PersonNumber => "phải có 12 chữ số (số định danh) hoặc 9 chữ số (CMND)".to_owned(),
            Self::Phone => "không phải số điện thoại".to_owned(),
            Self::Email => "không phải địa chỉ thư điện tử".to_owned(),
            Self::Login => "phải có từ 8 đến 60 ký tự, không có dấu cách".to_owned(),
            Self::AgencyCode => "không phải mã định danh cơ quan".to_owned(),
            Self::Number => "số không hợp lệ".to_owned(),
            Self::Twice => "trùng với dòng khác".to_owned(),
            Self::TooEarly => "thời điểm sớm hơn mốc trước nó".to_owned(),
            Self::Contradiction => "không khớp với các mục khác".to_owned(),
        }
    }

    /// In English.
    pub fn en(self) -> String {
        match self {
            Self::Missing => "not filled in".to_owned(),
            Self::TooLong(most) => format!("longer than {most} characters"),
            Self::Unprintable => "has a character that cannot be printed".to_owned(),
            Self::PersonNumber => "must have 12 digits (personal number) or 9 (old card)".to_owned(),
            Self::Phone => "is no telephone number".to_owned(),
            Self::Email => "is no e-mail address".to_owned(),
            Self::Login => "must have 8 to 60 characters without spaces".to_owned(),
            Self::AgencyCode => "is no agency code".to_owned(),
            Self::Number => "is not a number that can be meant".to_owned(),
            Self::Twice => "stands in another row too".to_owned(),
            Self::TooEarly => "is earlier than what comes before it".to_owned(),
            Self::Contradiction => "does not agree with other fields".to_owned(),
        }
    }
}

/// Collects the problems of a form.
#[derive(Default)]
pub(crate) struct Checker {
    problems: Vec<Problem>,
}

/// Most characters in a field of one line, of several, and of a longer text.
pub(crate) const SHORT: usize = 200;
pub(crate) const LONG: usize = 2_000;

impl Checker {
    pub(crate) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn say(&mut self, field: impl Into<String>, fault: Fault) {
        self.problems.push(Problem { field: field.into(), fault });
    }

    fn unless(&mut self, good: bool, field: impl Into<String>, fault: Fault) {
        if !good {
            self.say(field, fault);
        }
    }

    /// Something is filled in, not too much, and all of it can be printed. Tells whether that is so.
    pub(crate) fn text(&mut self, field: impl Into<String>, value: &str, most: usize) -> bool {
        let fault = if value.trim().is_empty() {
            Fault::Missing
        } else if value.chars().count() > most {
            Fault::TooLong(most)
        } else if !is_printable(&printed(value)) {
            Fault::Unprintable
        } else {
            return true;
        };
        self.say(field, fault);
        false
    }

    /// The same where nothing has to be filled in.
    pub(crate) fn optional(&mut self, field: impl Into<String>, value: Option<&str>, most: usize) {
        if let Some(value) = value {
            self.text(field, value, most);
        }
    }

    /// Texts, one at least.
    pub(crate) fn texts(&mut self, field: &str, values: &[String], most: usize) {
        self.unless(!values.is_empty(), field, Fault::Missing);
        for (index, value) in values.iter().enumerate() {
            self.text(format!("{field}[{}]", index + 1), value, most);
        }
    }

    /// A number of 12 or 9 digits.
    pub(crate) fn person_number(&mut self, field: impl Into<String>, value: &str) {
        let field = field.into();
        if self.text(field.clone(), value, SHORT) {
            let old = value.len() == 9 && value.bytes().all(|digit| digit.is_ascii_digit());
            self.unless(old || PersonalId::parse(value).is_ok(), field, Fault::PersonNumber);
        }
    }

    pub(crate) fn phone(&mut self, field: impl Into<String>, value: &str) {
        let field = field.into();
        if self.text(field.clone(), value, SHORT) {
            let digits = value.chars().filter(char::is_ascii_digit).count();
            let known = value.chars().all(|sign| sign.is_ascii_digit() || "+ .-()".contains(sign));
            self.unless(known && (8..=15).contains(&digits), field, Fault::Phone);
        }
    }

    pub(crate) fn email(&mut self, field: impl Into<String>, value: &str) {
        let field = field.into();
        if self.text(field.clone(), value, SHORT) {
            let parted = value.split_once('@');
            let good = parted.is_some_and(|(before, after)| {
                let named = !before.is_empty() && after.contains('.') && !after.contains('@');
                named && !after.starts_with('.') && !after.ends_with('.')
            });
            self.unless(good && !value.contains(char::is_whitespace), field, Fault::Email);
        }
    }

    /// 8 to 60 characters (registration form of the letter 6359/VP-HCC).
    pub(crate) fn login(&mut self, field: impl Into<String>, value: &str) {
        let field = field.into();
        if self.text(field.clone(), value, SHORT) {
            let long_enough = (8..=60).contains(&value.chars().count());
            self.unless(long_enough && !value.contains(char::is_whitespace), field, Fault::Login);
        }
    }

    pub(crate) fn agency_code(&mut self, field: impl Into<String>, value: &str) {
        let field = field.into();
        if self.text(field.clone(), value, SHORT) {
            self.unless(AgencyCode::parse(value).is_ok(), field, Fault::AgencyCode);
        }
    }

    /// A count of at least one.
    pub(crate) fn count(&mut self, field: impl Into<String>, value: u32, most: u32) {
        self.unless((1..=most).contains(&value), field, Fault::Number);
    }

    pub(crate) fn given<T>(&mut self, field: impl Into<String>, value: Option<&T>) {
        self.unless(value.is_some(), field, Fault::Missing);
    }

    /// Rows, one at least.
    pub(crate) fn rows<T>(&mut self, field: impl Into<String>, rows: &[T]) {
        self.unless(!rows.is_empty(), field, Fault::Missing);
    }

    pub(crate) fn holds(&mut self, field: impl Into<String>, good: bool, fault: Fault) {
        self.unless(good, field, fault);
    }
}

/// A text as it is printed: composed letters, line breaks as spaces.
fn printed(value: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    value.nfc().map(|letter| if letter == '\n' { ' ' } else { letter }).collect()
}
