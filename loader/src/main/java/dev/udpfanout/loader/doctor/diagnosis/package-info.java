/** What came of a check, and which findings only follow from others. */
package dev.udpfanout.loader.doctor.diagnosis;
