/**
 * A small system of two services to copy from: {@link org.msgr2.examples.hello.shop.Orders} calls {@link
 * org.msgr2.examples.hello.shop.Stock}. With a deadline that travels, a stream, errors with codes, metrics.
 */
@NullMarked
package org.msgr2.examples.hello.shop;

import org.jspecify.annotations.NullMarked;
