const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

/** CRC of a serial Modbus frame (MODBUS over serial line 1.02, clause 6.2.2). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = (crc >> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  }
  return crc;
}
