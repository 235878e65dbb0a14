/** Makes the configuration of a document: a reader for each section, then what cannot be together. */
package dev.udpfanout.loader.config.reader;
