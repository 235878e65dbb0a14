/**
 * How a C function is called so that its errno is kept, and the exception that says which call failed, on what, and
 * why: {@code CALL on WHAT: SYMBOL (meaning, or what to do)}. The forwarder in user space says it in the same form.
 */
package dev.udpfanout.bindings.errno;
