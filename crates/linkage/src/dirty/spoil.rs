//! What is done to rows, and how often. Shares are our choice, after what offices report of their stocks.
use super::{Dirt, DirtyRow, Soiler, encode};
use crate::Column;
use crate::people::Written;
use dancu_citizen::{BirthDate, IdCardNumber, PersonNumber, PersonalId, Sex};

impl Soiler<'_> {
    pub(super) fn fill(&mut self, row: &mut DirtyRow, person: &Written) {
        self.number(row, person);
        self.name(row, person);
        self.date(row, person.birth_date);
        self.sex(row, person.sex);
        self.unit(row, person.unit);
        self.household(row, person.household_head);
    }

    fn number(&mut self, row: &mut DirtyRow, person: &Written) {
        let id = person.personal_id.map(PersonalId::expose).unwrap_or_default();
        let card = person.id_card_number.map(IdCardNumber::expose);
        if let Some(card) = card.clone().filter(|_| self.rng.permille(200)) {
            row.set(Column::IdCardNumber, card);
        }
        let (number, dirt) = match self.rng.below(1000) {
            0..20 => {
                row.set(Column::IdCardNumber, String::new());
                (String::new(), Dirt::NoNumber)
            }
            20..70 if card.is_some() => {
                let card = card.unwrap_or_default();
                if self.rng.permille(40) {
                    row.dirt.push(Dirt::CardTyped);
                    (self.replaced(&card), Dirt::OldNumber)
                } else {
                    (card, Dirt::OldNumber)
                }
            }
            70..110 => (self.typed_number(&id), Dirt::NumberTyped),
            110..170 => (id.trim_start_matches('0').to_owned(), Dirt::ZerosLost),
            170..173 => {
                let other = self.rng.below(self.people.len());
                let other = self.people.get(other).and_then(|p| p.personal_id);
                (other.map(PersonalId::expose).unwrap_or_default(), Dirt::OtherNumber)
            }
            173..400 if !person.former_personal_ids.is_empty() => {
                let former = person.former_personal_ids.first().copied();
                (former.map(PersonalId::expose).unwrap_or_default(), Dirt::FormerNumber)
            }
            _ => return row.set(Column::PersonalId, id),
        };
        row.set(Column::PersonalId, number);
        row.dirt.push(dirt);
    }

    /// A digit replaced by another one.
    fn replaced(&mut self, number: &str) -> String {
        let at = self.rng.below(number.len());
        let more = 1 + self.rng.below(9);
        let turn = |(place, c): (usize, char)| match c.to_digit(10) {
            Some(digit) if place == at => {
                char::from_digit((digit + u32::try_from(more).unwrap_or_default()) % 10, 10).unwrap_or(c)
            }
            _ => c,
        };
        number.chars().enumerate().map(turn).collect()
    }

    /// Some stocks name the head; some have a number of their own for the household.
    fn household(&mut self, row: &mut DirtyRow, head: Option<PersonNumber>) {
        match (head, self.rng.below(10)) {
            (Some(head), 0..3) => {
                row.dirt.push(Dirt::Household);
                row.set(Column::Household, head.expose());
            }
            (_, 3..5) => row.set(Column::Household, format!("HK{:07}", self.rng.below(10_000_000))),
            _ => {}
        }
    }

    fn typed_number(&mut self, id: &str) -> String {
        let mut digits: Vec<u8> = id.bytes().collect();
        let at = self.rng.below(digits.len());
        match self.rng.below(10) {
            0..6 => {
                let digit = b'0' + u8::try_from(self.rng.below(10)).unwrap_or_default();
                if let Some(place) = digits.get_mut(at) {
                    *place = if *place == digit { b'0' + (digit - b'0' + 1) % 10 } else { digit };
                }
            }
            6..8 if at + 1 < digits.len() => digits.swap(at, at + 1),
            8 if at < digits.len() => {
                digits.remove(at);
            }
            _ => {
                let digit = digits.get(at).copied().unwrap_or(b'0');
                digits.insert(at, digit);
            }
        }
        String::from_utf8(digits).unwrap_or_default()
    }

    fn name(&mut self, row: &mut DirtyRow, person: &Written) {
        let mut name = person.name.clone();
        if self.rng.permille(700)
            && let Some(former) = person.former_names.first()
        {
            name.clone_from(former);
            row.dirt.push(Dirt::FormerName);
        }
        match self.rng.below(1000) {
            0..25 => {
                name = self.typed_name(&name);
                row.dirt.push(Dirt::NameTyped);
            }
            25..33 if name.split(' ').count() > 2 => {
                let words: Vec<&str> = name.split(' ').collect();
                let out = 1 + self.rng.below(words.len() - 2);
                let kept = words.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, word)| *word);
                name = kept.collect::<Vec<_>>().join(" ");
                row.dirt.push(Dirt::WordMissing);
            }
            _ => {}
        }
        let (name, dirt) = match self.rng.below(1000) {
            0..80 => (encode::bare(&name), Some(Dirt::NoMarks)),
            80..120 => (encode::decomposed(&name), Some(Dirt::Decomposed)),
            120..130 => (encode::tcvn3(&name), Some(Dirt::Legacy)),
            130..140 => (encode::windows_1258(&name), Some(Dirt::Legacy)),
            140..150 => (encode::utf8(&name), Some(Dirt::Legacy)),
            150..300 => (name.to_uppercase(), None),
            300..340 => (name.replace(' ', "  "), None),
            _ => (name, None),
        };
        row.dirt.extend(dirt);
        row.set(Column::FullName, name);
    }

    fn typed_name(&mut self, name: &str) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let at = self.rng.below(letters.len());
        let other = char::from(b'a' + u8::try_from(self.rng.below(26)).unwrap_or_default());
        match self.rng.below(4) {
            0 if letters.get(at).is_some_and(|c| *c != ' ') => {
                letters.remove(at);
            }
            1 if at + 1 < letters.len() => letters.swap(at, at + 1),
            2 => letters.insert(at, other),
            _ => {
                if let Some(place) = letters.get_mut(at).filter(|place| **place != ' ') {
                    *place = other;
                }
            }
        }
        letters.into_iter().collect()
    }

    fn date(&mut self, row: &mut DirtyRow, date: Option<BirthDate>) {
        let text = match date {
            None => String::new(),
            Some(BirthDate::Day(day)) => {
                let (mut d, mut m, mut y) = (
                    usize::from(day.day()),
                    usize::from(day.month()),
                    usize::from(day.year().unsigned_abs()),
                );
                match self.rng.below(1000) {
                    0..20 => {
                        let before = (d, m, y);
                        match self.rng.below(4) {
                            0 => d = 1 + self.rng.below(28),
                            1 => m = 1 + self.rng.below(12),
                            2 => y = y / 10 * 10 + self.rng.below(10),
                            _ => y = y / 100 * 100 + self.rng.below(10) * 10 + y % 10,
                        }
                        if (d, m, y) != before {
                            row.dirt.push(Dirt::DateTyped);
                        }
                    }
                    20..35 if d <= 12 && d != m => {
                        (d, m) = (m, d);
                        row.dirt.push(Dirt::DateSwapped);
                    }
                    35..45 if (d, m) != (1, 1) => {
                        (d, m) = (1, 1);
                        row.dirt.push(Dirt::YearOnly);
                    }
                    45..50 => {
                        row.dirt.push(Dirt::YearOnly);
                        return row.set(Column::BirthDate, y.to_string());
                    }
                    _ => {}
                }
                self.written(d, m, y)
            }
            Some(less) if self.rng.permille(500) => less.iso(),
            Some(less) => format!("01/01/{}", less.year()),
        };
        row.set(Column::BirthDate, text);
    }

    fn written(&mut self, d: usize, m: usize, y: usize) -> String {
        match self.rng.below(10) {
            0 => format!("{y:04}-{m:02}-{d:02}"),
            1 => format!("{d}/{m}/{y}"),
            2 => format!("{d:02}{m:02}{y:04}"),
            3 => format!("{d:02}-{m:02}-{y:04}"),
            4 => format!("{d:02}.{m:02}.{y:04} 00:00:00"),
            _ => format!("{d:02}/{m:02}/{y:04}"),
        }
    }

    fn sex(&mut self, row: &mut DirtyRow, sex: Sex) {
        let sex = if self.rng.permille(5) {
            row.dirt.push(Dirt::OtherSex);
            if sex == Sex::Male { Sex::Female } else { Sex::Male }
        } else {
            sex
        };
        let words = match sex {
            Sex::Male => ["Nam", "NAM", "1", "nam"],
            Sex::Female => ["Nữ", "NỮ", "2", "nu"],
            Sex::Unknown => [""; 4],
        };
        let word =
            if self.rng.permille(50) { "" } else { self.rng.pick(&words).copied().unwrap_or_default() };
        row.set(Column::Sex, word.to_owned());
    }

    fn unit(&mut self, row: &mut DirtyRow, unit: u32) {
        if unit == 0 || self.rng.permille(100) {
            return;
        }
        let before = self.before.get(&unit).and_then(|codes| self.rng.pick(codes)).copied();
        let code = match before {
            Some(before) if self.rng.permille(300) => {
                row.dirt.push(Dirt::MovedUnit);
                before.to_owned()
            }
            _ => format!("{unit:05}"),
        };
        row.set(Column::Unit, code);
    }

    /// Somebody who is not among the people: the name, or the date, of one who is, and a number that nobody has.
    pub(super) fn stranger(&mut self, row: &mut DirtyRow, person: &Written) {
        let other = self.rng.below(self.people.len());
        let other = self.people.get(other).unwrap_or(person);
        let mut alike = Written { unit: person.unit, sex: person.sex, ..Written::default() };
        let given = |name: &str| name.rsplit_once(' ').map_or("", |(_, given)| given).to_owned();
        let head = |name: &str| name.rsplit_once(' ').map_or(name, |(head, _)| head).to_owned();
        match self.rng.below(3) {
            // A namesake of another age: father and son with one name.
            0 => {
                alike.name.clone_from(&person.name);
                alike.birth_date = other.birth_date;
            }
            // Born the same day, a brother or sister by the name.
            1 => {
                alike.name = format!("{} {}", head(&person.name), given(&other.name));
                alike.birth_date = person.birth_date;
            }
            _ => {
                alike.name.clone_from(&other.name);
                alike.birth_date = person.birth_date;
            }
        }
        let is_the_same = |p: &Written| p.name == alike.name && p.birth_date == alike.birth_date;
        if is_the_same(person) || is_the_same(other) {
            return self.fill(row, person);
        }
        row.truth = None;
        row.dirt.push(Dirt::Stranger);
        let number = person.personal_id.map_or(0, PersonalId::as_u64) / 1_000_000 * 1_000_000;
        let free = std::iter::repeat_with(|| number + self.rng.below(1_000_000) as u64);
        let free = free.take(100).find(|number| !self.numbers.contains(number));
        alike.personal_id = free.and_then(PersonalId::from_u64);
        self.fill(row, &alike);
    }
}
