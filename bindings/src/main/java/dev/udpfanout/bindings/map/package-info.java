/**
 * Maps in the kernel with Java's types for keys and values: read, written, gone through and compared with what is
 * wanted. How a type is laid out, its {@code Codec} says; what a map of the program has, its {@code MapDeclaration}.
 */
package dev.udpfanout.bindings.map;
