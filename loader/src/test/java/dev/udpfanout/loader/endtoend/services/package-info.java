/** Annotated Services, many of them, beside a running daemon. */
package dev.udpfanout.loader.endtoend.services;
