//! Files in a bucket that speaks S3.
use super::{Backend, BlobError};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::{
    Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use tokio::runtime::Handle;

/// Requests under way at once.
const AT_ONCE: usize = 32;

/// Where the bucket is.
#[derive(Debug, Clone, Default)]
pub struct S3Config {
    /// URL of the server; none for the one of Amazon's region. `http://` only for a server on this machine or behind a
    /// tunnel.
    pub endpoint: Option<String>,
    /// Region, also where the server knows none, because requests are signed for one
    pub region: String,
    /// The bucket
    pub bucket: String,
    /// Folder in the bucket, without slashes at its ends; empty for all of it
    pub prefix: String,
    /// Keys; none where the machine itself has a role
    pub keys: Option<S3Keys>,
}

/// Who is asking.
#[derive(Clone)]
pub struct S3Keys {
    /// Name of the key
    pub id: String,
    /// The key, secret
    pub secret: String,
}

impl Debug for S3Keys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "S3Keys({}, secret)", self.id)
    }
}

#[derive(Debug)]
pub(super) struct S3 {
    bucket: AmazonS3,
    prefix: String,
    runtime: Handle,
}

impl S3 {
    pub(super) fn open(config: &S3Config, runtime: Handle) -> Result<Self, BlobError> {
        let mut builder = AmazonS3Builder::new()
            .with_region(&config.region)
            .with_bucket_name(&config.bucket)
            .with_conditional_put(S3ConditionalPut::ETagMatch);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        if let Some(keys) = &config.keys {
            builder = builder.with_access_key_id(&keys.id).with_secret_access_key(&keys.secret);
        }
        let bucket = builder.build().map_err(|error| BlobError::Setup(error.to_string().into()))?;
        Ok(Self { bucket, prefix: config.prefix.clone(), runtime })
    }

    fn full(&self, path: &str) -> Path {
        if self.prefix.is_empty() { Path::from(path) } else { Path::from(format!("{}/{path}", self.prefix)) }
    }

    fn wait<T>(&self, request: impl Future<Output = Result<T, Error>>) -> Result<T, BlobError> {
        self.runtime.block_on(request).map_err(|error| failure(&error))
    }

    /// Content and version of a file.
    async fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, UpdateVersion)>, Error> {
        let found = match self.bucket.get(path).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found?,
        };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        Ok(Some((found.bytes().await?.to_vec(), version)))
    }

    async fn replace(&self, path: &Path, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, Error> {
        let mode = match (self.read(path).await?, expected) {
            (None, None) => PutMode::Create,
            (Some((content, version)), Some(expected)) if content == expected => PutMode::Update(version),
            _ => return Ok(false),
        };
        let content = PutPayload::from(new.to_vec());
        match self.bucket.put_opts(path, content, PutOptions::from(mode)).await {
            Ok(_) => Ok(true),
            // Somebody was quicker: perhaps this very call, whose answer was lost and which was sent again.
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                Ok(self.read(path).await?.is_some_and(|(content, _)| content == new))
            }
            Err(error) => Err(error),
        }
    }
}

impl Backend for S3 {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError> {
        let path = self.full(path);
        Ok(self.wait(self.read(&path))?.map(|(content, _)| content))
    }

    fn put_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), BlobError> {
        let put = |(path, content): &(String, Vec<u8>)| {
            let (path, content) = (self.full(path), PutPayload::from(content.clone()));
            async move { self.bucket.put(&path, content).await.map(drop) }
        };
        self.wait(stream::iter(files.iter().map(put)).buffer_unordered(AT_ONCE).try_collect())
    }

    fn swap(&self, path: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, BlobError> {
        let path = self.full(path);
        self.wait(self.replace(&path, expected, new))
    }

    fn delete(&self, path: &str) -> Result<(), BlobError> {
        let path = self.full(path);
        self.wait(async {
            match self.bucket.delete(&path).await {
                Err(Error::NotFound { .. }) => Ok(()),
                result => result,
            }
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, BlobError> {
        let folder = self.full(folder);
        let listed = self.bucket.list(Some(&folder)).try_collect::<Vec<_>>();
        let strip = |path: &str| {
            let path = path.strip_prefix(&self.prefix)?;
            Some(path.strip_prefix('/').unwrap_or(path).to_owned())
        };
        let mut paths: Vec<_> =
            self.wait(listed)?.iter().filter_map(|found| strip(found.location.as_ref())).collect();
        paths.sort_unstable();
        Ok(paths)
    }

    /// A bucket answers when it has stored.
    fn sync(&self) -> Result<(), BlobError> {
        Ok(())
    }
}

fn failure(error: &Error) -> BlobError {
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } | Error::NotFound { .. } => {
            BlobError::Unavailable(error.to_string().into())
        }
        Error::Generic { source, .. } => BlobError::Unavailable(source.to_string().into()),
        other => BlobError::Other(other.to_string().into()),
    }
}
