//! The exchange on every engine.
#[cfg(test)]
mod change_with;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod world;
