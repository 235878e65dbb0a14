/** Annotated Services: which there are, and the listeners that each becomes. */
package dev.udpfanout.loader.kubernetes.services;
