/**
 * The operators' pages in docs: their commands are typed, what these print is compared, and their links are followed.
 */
package dev.udpfanout.loader.guide;
