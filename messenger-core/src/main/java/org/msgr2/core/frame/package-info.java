/**
 * Frames, in both revisions of msgr2: tags, preambles, control frames, and the encoders and decoders that turn them into
 * bytes and back, from any split of the bytes (spec/msgr2 §2). What a frame means is decided above.
 */
@NullMarked
package org.msgr2.core.frame;

import org.jspecify.annotations.NullMarked;
