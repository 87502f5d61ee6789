//! Governance on every engine.
#[cfg(test)]
mod assess;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod data;
#[cfg(test)]
mod files;
#[cfg(test)]
mod halts;
#[cfg(test)]
mod life;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod request;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod test_record;
#[cfg(test)]
mod time;
#[cfg(test)]
mod work;
