//! Memory in small pieces: a list of free ones for each of ten sizes, before the allocator of the target.
//!
//! One request makes some hundreds of them (keys, values, headers), and a general allocator looks for each and joins it
//! to its neighbours again: a fifth of all instructions. Here both ways are a few.
//!
//! A piece that is free stays a piece of its size, so the module keeps what it has needed of each size at most. That is
//! bounded as requests are (`limits`): by ten times what one size alone would need.
#![expect(unsafe_code, reason = "an allocator deals in raw memory; the module has one thread")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::{copy_nonoverlapping, null_mut};

/// Every size of a small piece, in bytes.
const SIZES: [usize; 10] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const LARGEST: usize = 512;
const ALIGN: usize = 16;
/// So much is asked for at once, and cut up.
const CHUNK: usize = 32 * 1024;

/// The smallest of the sizes that is enough, by sixteenths: `CLASSES[(size + 15) / 16]`.
#[expect(clippy::indexing_slicing, reason = "computed when it is compiled: a wrong index would not get further")]
static CLASSES: [u8; LARGEST / ALIGN + 1] = {
    let mut classes = [0; LARGEST / ALIGN + 1];
    let (mut i, mut class) = (0, 0);
    while i < classes.len() {
        if i * ALIGN > SIZES[class] {
            class += 1;
        }
        classes[i] = class as u8;
        i += 1;
    }
    classes
};

/// What lies in a free piece.
struct Free {
    next: *mut Free,
}

pub(crate) struct Pieces {
    free: [Cell<*mut Free>; SIZES.len()],
    chunk: Cell<*mut u8>,
    left: Cell<usize>,
}

// SAFETY: a proxy-wasm module has one thread, and no callback runs inside of another one's allocation.
unsafe impl Sync for Pieces {}

impl Pieces {
    pub(crate) const fn new() -> Self {
        Self { free: [const { Cell::new(null_mut()) }; SIZES.len()], chunk: Cell::new(null_mut()), left: Cell::new(0) }
    }

    /// The list and the size for this layout; nothing for what is not small.
    fn class(&self, layout: Layout) -> Option<(&Cell<*mut Free>, usize)> {
        if layout.align() > ALIGN {
            return None;
        }
        let class = usize::from(*CLASSES.get(layout.size().div_ceil(ALIGN))?);
        Some((self.free.get(class)?, *SIZES.get(class)?))
    }

    /// A piece that never was one. What is left of a chunk that is too short for it is given up.
    fn cut(&self, size: usize) -> *mut u8 {
        if self.left.get() < size {
            // SAFETY: the size is not zero, and 16 a power of two.
            let chunk = unsafe { System.alloc(Layout::from_size_align_unchecked(CHUNK, ALIGN)) };
            if chunk.is_null() {
                return null_mut();
            }
            self.chunk.set(chunk);
            self.left.set(CHUNK);
        }
        let piece = self.chunk.get();
        // SAFETY: `left` bytes follow `chunk`, and `size` is no more than they are.
        self.chunk.set(unsafe { piece.add(size) });
        self.left.set(self.left.get() - size);
        piece
    }
}

// SAFETY: a piece is at least as large as its layout and aligned to 16, is in no list while it is in use, and goes back
// to the list of its layout's size; everything else is the target's allocator's.
unsafe impl GlobalAlloc for Pieces {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((free, size)) = self.class(layout) else {
            // SAFETY: the caller's promise.
            return unsafe { System.alloc(layout) };
        };
        let piece = free.get();
        if piece.is_null() {
            return self.cut(size);
        }
        // SAFETY: what is in a list was put there by `dealloc`, which wrote it.
        free.set(unsafe { (*piece).next });
        piece.cast()
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some((free, _)) = self.class(layout) else {
            // SAFETY: the caller's promise; `alloc` had it from there.
            return unsafe { System.dealloc(pointer, layout) };
        };
        let piece: *mut Free = pointer.cast();
        // SAFETY: a piece has room for a pointer, is aligned for one, and nobody uses it any longer.
        unsafe { piece.write(Free { next: free.get() }) };
        free.set(piece);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (self.class(layout), self.class(wanted)) {
            (Some((_, one)), Some((_, other))) if one == other => return pointer,
            // SAFETY: the caller's promise.
            (None, None) => return unsafe { System.realloc(pointer, layout, size) },
            _ => {}
        }
        // SAFETY: both are as large as what is copied, and neither is the other.
        unsafe {
            let new = self.alloc(wanted);
            if !new.is_null() {
                copy_nonoverlapping(pointer, new, layout.size().min(size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}
