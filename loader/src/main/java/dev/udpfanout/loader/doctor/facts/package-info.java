/** What is gathered of a node once, before it is checked. */
package dev.udpfanout.loader.doctor.facts;
