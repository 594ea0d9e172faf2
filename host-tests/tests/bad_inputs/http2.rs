//! HTTP/2, one connection for all.

use h2::client::SendRequest;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::{PATIENCE, Said, Sent};

pub(super) struct Client {
    runtime: Runtime,
    port: u16,
    open: Option<SendRequest<bytes::Bytes>>,
}

impl Client {
    pub(super) fn new(port: u16) -> Client {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Client { runtime, port, open: None }
    }

    /// Nothing for what this client cannot say in HTTP/2. A stream or a connection that is reset is status 0.
    pub(super) fn send(&mut self, request: &Sent) -> Option<Said> {
        if request.raw.is_some() {
            return None;
        }
        let uri = http::Uri::try_from(format!("http://127.0.0.1{}", request.target)).ok()?;
        let mut builder =
            http::Request::builder().method(request.method.as_str()).uri(uri).version(http::Version::HTTP_2);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let head = builder.body(()).ok()?;
        let open = self.open.take();
        let work = exchange(self.port, open, head, request.body.clone().unwrap_or_default());
        let done = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, work).await });
        match done {
            Ok(Ok((said, open))) => {
                self.open = Some(open);
                Some(said)
            }
            Ok(Err(_)) => Some(Said { status: 0, body: String::new() }),
            Err(_) => panic!("no answer to {request:?}"),
        }
    }
}

async fn exchange(
    port: u16,
    open: Option<SendRequest<bytes::Bytes>>,
    head: http::Request<()>,
    body: String,
) -> Result<(Said, SendRequest<bytes::Bytes>), h2::Error> {
    let mut open = match open {
        Some(open) => open.ready().await?,
        None => connect(port).await?.ready().await?,
    };
    let (response, mut stream) = open.send_request(head, body.is_empty())?;
    if !body.is_empty() {
        // It may be refused before all is sent.
        let _ = stream.send_data(body.into(), true);
    }
    let response = response.await?;
    let status = response.status().as_u16();
    let (mut from, mut text) = (response.into_body(), Vec::new());
    while let Some(piece) = from.data().await {
        let piece = piece?;
        from.flow_control().release_capacity(piece.len())?;
        text.extend(piece);
    }
    Ok((Said { status, body: String::from_utf8_lossy(&text).into_owned() }, open))
}

async fn connect(port: u16) -> Result<SendRequest<bytes::Bytes>, h2::Error> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|_| h2::Reason::CONNECT_ERROR)?;
    let (open, connection) = h2::client::handshake(stream).await?;
    tokio::spawn(connection);
    Ok(open)
}
