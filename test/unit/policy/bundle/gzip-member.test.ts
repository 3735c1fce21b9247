import { expect } from 'chai';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { readGzipMember } from '../../../../src/policy/bundle/gzip-member.js';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';

const TEXT = Buffer.from('what is packed');
const ROOM = 1024 * 1024;

/** A member with these flags and header fields. */
function member(flags: number, fields: Buffer, content = TEXT): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  const header = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255]);
  return Buffer.concat([header, fields, deflateRawSync(content), trailer]);
}

async function refusal(bytes: Buffer, room = ROOM): Promise<string> {
  try {
    await readGzipMember(bytes, room);
  } catch (error) {
    if (error instanceof BundleRefused) return error.message;
    throw error;
  }
  return 'read';
}

describe('a gzip member', () => {
  const extra = Buffer.from([3, 0, 1, 2, 3]);
  const name = Buffer.from('name\0');
  const forms: readonly (readonly [string, Buffer])[] = [
    ['without header fields', gzipSync(TEXT)],
    ['with every header field', member(31, Buffer.concat([extra, name, name, Buffer.alloc(2)]))],
    ['with a name, as gzip writes', member(8, name)],
    ['with an extra field', member(4, extra)],
  ];
  for (const [what, bytes] of forms) {
    it(`is read ${what}`, async () => {
      expect(String(await readGzipMember(bytes, ROOM))).to.equal(String(TEXT));
    });
    it(`is refused ${what} when cut short anywhere`, async () => {
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        expect(await refusal(cut), String(length)).to.contain('not gzip, or is cut short');
      }
    });
    it(`is refused ${what} with anything behind it, a further member too`, async () => {
      for (const more of [Buffer.alloc(1), Buffer.alloc(512), gzipSync(TEXT), gzipSync('')]) {
        expect(await refusal(Buffer.concat([bytes, more]))).to.contain('trailing bytes');
      }
    });
  }

  it('is refused with another method, a reserved flag, a wrong sum or a wrong length', async () => {
    const bytes = gzipSync(TEXT);
    for (const at of [0, 1, 2, bytes.length - 1, bytes.length - 5]) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      expect(await refusal(wrong), String(at)).to.contain('not gzip, or is cut short');
    }
    expect(await refusal(member(32, Buffer.alloc(0)))).to.contain('not gzip');
  });

  it('is unpacked no further than there is room', async () => {
    expect(await refusal(gzipSync(Buffer.alloc(ROOM + 1)))).to.contain('too large when unpacked');
    expect(await refusal(gzipSync(Buffer.alloc(ROOM)))).to.equal('read');
  });
});
