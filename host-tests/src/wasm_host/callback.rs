//! The functions a filter exports for the proxy to call. Knows their names, not when they are due.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callback {
    Initialize,
    ContextCreate,
    VmStart,
    Configure,
    Tick,
    RequestHeaders,
    RequestBody,
    RequestTrailers,
    CallResponse,
    ResponseHeaders,
    ResponseBody,
    Log,
    Done,
    Delete,
}

impl Callback {
    pub(super) fn export(self) -> &'static str {
        match self {
            Self::Initialize => "_initialize",
            Self::ContextCreate => "proxy_on_context_create",
            Self::VmStart => "proxy_on_vm_start",
            Self::Configure => "proxy_on_configure",
            Self::Tick => "proxy_on_tick",
            Self::RequestHeaders => "proxy_on_request_headers",
            Self::RequestBody => "proxy_on_request_body",
            Self::RequestTrailers => "proxy_on_request_trailers",
            Self::CallResponse => "proxy_on_http_call_response",
            Self::ResponseHeaders => "proxy_on_response_headers",
            Self::ResponseBody => "proxy_on_response_body",
            Self::Log => "proxy_on_log",
            Self::Done => "proxy_on_done",
            Self::Delete => "proxy_on_delete",
        }
    }

    /// What a filter that does not export the function is taken to have answered: true, or Continue.
    pub(super) fn default_return(self) -> u32 {
        u32::from(matches!(self, Self::VmStart | Self::Configure | Self::Done))
    }

    /// Whether a call made from here is put to the player of the exchange before the filter goes on.
    /// Elsewhere (root contexts, on_log, on_done) nobody is there to decide, so it is accepted.
    pub(super) fn can_ask(self) -> bool {
        matches!(
            self,
            Self::RequestHeaders
                | Self::RequestBody
                | Self::RequestTrailers
                | Self::CallResponse
                | Self::ResponseHeaders
                | Self::ResponseBody
        )
    }
}
