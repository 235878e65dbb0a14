package dev.udpfanout.loader.datapath.kernel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.InnerMap;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With the tables of the real program: an array of maps has a template, which the object file gives. */
@Tag("kernel")
class ArrayOfMapsKernelTest {
    @Test
    void shouldHoldAMapUntilItIsRemoved() {
        try (KernelProgram program = KernelProgram.load(KernelProgram.builtIn())) {
            ArrayOfMaps tables = program.map(SharedMaps.ENDPOINTS);
            assertEquals(Optional.empty(), tables.idAt(5));
            tables.remove(5);
            int id;
            try (InnerMap inner = InnerMap.array("uf_test", EndpointTable.ELEMENT_BYTES, 17)) {
                tables.put(5, inner);
                id = inner.id();
            }
            assertEquals(Optional.of(id), tables.idAt(5), "it holds what nobody else does");
            assertFalse(tables.has(4));
            tables.remove(5);
            assertFalse(tables.has(5));
        }
    }

    @Test
    void shouldNameTheMapAndTheIndexWhenTheMapDoesNotFit() {
        try (KernelProgram program = KernelProgram.load(KernelProgram.builtIn());
                InnerMap other = InnerMap.array("uf_test", EndpointTable.ELEMENT_BYTES + 8, 1);
                InnerMap alike = InnerMap.array("uf_test", EndpointTable.ELEMENT_BYTES, 1)) {
            ArrayOfMaps tables = program.map(SharedMaps.ENDPOINTS);
            String wrong = assertThrows(SystemCallException.class, () -> tables.put(3, other))
                    .getMessage();
            assertTrue(wrong.contains("ENDPOINTS 3"), wrong);
            String outside = assertThrows(SystemCallException.class, () -> tables.put(Limits.MAX_LISTENERS, alike))
                    .getMessage();
            assertTrue(outside.contains("ENDPOINTS " + Limits.MAX_LISTENERS), outside);
        }
    }
}
