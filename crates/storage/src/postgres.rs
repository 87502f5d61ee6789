//! The server engine (under construction: every call fails).
use std::ops::ControlFlow;

use crate::store::Access;
use crate::{Row, StoreError, Value};

pub(crate) struct Postgres;
pub(crate) struct Lease<'s>(&'s Postgres);

fn absent<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("PostgreSQL is not there yet".into()))
}

impl Postgres {
    pub(crate) fn new(_: &str, _: usize, _: tokio::runtime::Handle) -> Result<Self, StoreError> {
        Ok(Self)
    }
    pub(crate) fn begin(&self, _: Access) -> Result<Lease<'_>, StoreError> {
        absent()
    }
}
impl Lease<'_> {
    pub(crate) fn execute(&mut self, _: &'static str, _: &[Value]) -> Result<u64, StoreError> {
        absent()
    }
    pub(crate) fn execute_many<R: AsRef<[Value]>>(
        &mut self,
        _: &'static str,
        _: &[R],
    ) -> Result<u64, StoreError> {
        absent()
    }
    pub(crate) fn rows(
        &mut self,
        _: &'static str,
        _: &[Value],
        _: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        absent()
    }
    pub(crate) fn define(&mut self, _: &'static str) -> Result<(), StoreError> {
        absent()
    }
    pub(crate) fn explain(&mut self, _: &'static str, _: &[Value]) -> Result<Vec<String>, StoreError> {
        absent()
    }
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        absent()
    }
}
