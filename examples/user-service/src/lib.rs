//! The reference user service.
