/**
 * What the configuration says: immutable values, valid as a whole, which all others read. {@code yaml} reads text into
 * sections whose problems have lines, {@code reader} makes these values of them, one reader a section.
 */
package dev.udpfanout.loader.config;
