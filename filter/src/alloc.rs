//! Memory in small pieces: a list of free ones for each of ten sizes, before the allocator of the target.
//!
//! One request makes some hundreds of them (keys, values, headers), and a general allocator looks for each and joins it
//! to its neighbours again: a fifth of all instructions. Here both ways are a few.
//!
//! All pieces lie in one arena that a core's cache can hold; when it is used up, the target's allocator has the rest. A
//! free piece is never joined to its neighbours, so an arena without an end would be in shreds after one large request:
//! measured, ten thousand members in one PATCH then cost two thirds more. What lives as long as a configuration stays
//! outside.
#![expect(unsafe_code, reason = "an allocator deals in raw memory; the module has one thread")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::{copy_nonoverlapping, null_mut};

/// Every size of a small piece, in bytes.
const SIZES: [usize; 10] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const LARGEST: usize = 512;
const ALIGN: usize = 16;
/// Several requests at once.
const ARENA: usize = 256 * 1024;

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
    arena: Cell<*mut u8>,
    /// How much of it has been cut.
    cut: Cell<usize>,
    /// What is asked for now is not for a request.
    lasting: Cell<bool>,
}

// SAFETY: a proxy-wasm module has one thread, and no callback runs inside of another one's allocation.
unsafe impl Sync for Pieces {}

impl Pieces {
    pub(crate) const fn new() -> Self {
        let free = [const { Cell::new(null_mut()) }; SIZES.len()];
        Self { free, arena: Cell::new(null_mut()), cut: Cell::new(0), lasting: Cell::new(false) }
    }

    /// Make something that is there for longer than a request.
    #[cfg_attr(feature = "least", expect(dead_code, reason = "it has no configuration"))]
    pub(crate) fn lasting<T>(&self, make: impl FnOnce() -> T) -> T {
        self.lasting.set(true);
        let made = make();
        self.lasting.set(false);
        made
    }

    /// The list and the size for this layout; nothing for what is not small.
    fn class(&self, layout: Layout) -> Option<(&Cell<*mut Free>, usize)> {
        if layout.align() > ALIGN {
            return None;
        }
        let class = usize::from(*CLASSES.get(layout.size().div_ceil(ALIGN))?);
        Some((self.free.get(class)?, *SIZES.get(class)?))
    }

    /// A piece of this class, if the arena has one.
    fn piece(&self, free: &Cell<*mut Free>, size: usize) -> *mut u8 {
        if self.lasting.get() {
            return null_mut();
        }
        let piece = free.get();
        if piece.is_null() {
            return self.cut(size);
        }
        // SAFETY: what is in a list was put there by `dealloc`, which wrote it.
        free.set(unsafe { (*piece).next });
        piece.cast()
    }

    /// A piece that never was one; none when the arena is used up, or there is no memory for it.
    fn cut(&self, size: usize) -> *mut u8 {
        if self.arena.get().is_null() {
            // SAFETY: the size is not zero, and 16 a power of two.
            self.arena.set(unsafe { System.alloc(Layout::from_size_align_unchecked(ARENA, ALIGN)) });
        }
        let (arena, at) = (self.arena.get(), self.cut.get());
        if arena.is_null() || ARENA - at < size {
            return null_mut();
        }
        self.cut.set(at + size);
        // SAFETY: at least `size` bytes of the arena follow.
        unsafe { arena.add(at) }
    }

    /// Whether this is a piece.
    fn has(&self, pointer: *mut u8) -> bool {
        let arena = self.arena.get();
        !arena.is_null() && pointer.addr().wrapping_sub(arena.addr()) < ARENA
    }
}

// SAFETY: a piece is at least as large as its layout and aligned to 16, is in no list while it is in use, and goes back
// to the list of its layout's size; everything outside of the arena is the target's allocator's.
unsafe impl GlobalAlloc for Pieces {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let piece = self.class(layout).map_or(null_mut(), |(free, size)| self.piece(free, size));
        // SAFETY: the caller's promise.
        if piece.is_null() { unsafe { System.alloc(layout) } } else { piece }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some((free, _)) = self.class(layout).filter(|_| self.has(pointer)) else {
            // SAFETY: the caller's promise; `alloc` had it from there.
            return unsafe { System.dealloc(pointer, layout) };
        };
        let piece: *mut Free = pointer.cast();
        // SAFETY: a piece has room for a pointer, is aligned for one, and nobody uses it any longer.
        unsafe { piece.write(Free { next: free.get() }) };
        free.set(piece);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.has(pointer) {
            // SAFETY: the caller's promise; `alloc` had it from there.
            return unsafe { System.realloc(pointer, layout, size) };
        }
        // SAFETY: the caller's promise.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        let room = |layout| self.class(layout).map(|(_, size)| size);
        if room(layout) == room(wanted) {
            return pointer;
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
