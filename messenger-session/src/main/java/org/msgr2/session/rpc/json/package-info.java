/** JSON as a way for calls to travel. Needs Jackson ({@code com.fasterxml.jackson.core:jackson-databind}), which the application adds. */
@NullMarked
package org.msgr2.session.rpc.json;

import org.jspecify.annotations.NullMarked;
