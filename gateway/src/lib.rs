//! The pure core of Usher.
