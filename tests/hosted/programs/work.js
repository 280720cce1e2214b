// SPDX-License-Identifier: MIT
// Work for node: objects, buffers outside its heap, compression in its thread pool, workers.
'use strict';
const crypto = require('crypto');
const zlib = require('zlib');
const {Worker, isMainThread, parentPort, workerData} = require('worker_threads');

const digest = value => crypto.createHash('sha256').update(JSON.stringify(value)).digest('hex');

function objects(count) {
    const table = new Map();
    for (let number = 0; number < count; number++)
        table.set(`key${number % 3000}`, {number, list: Array(number % 50).fill(`${number}`)});
    return [...table.values()];
}

function buffers() {
    let kept = [], sum = 0;
    for (let number = 0; number < 3000; number++) {
        kept.push(Buffer.alloc(number * 37 % 60000, number % 251));
        if (kept.length > 100)
            sum += kept.splice(number % 100, 1)[0].length;
    }
    return sum;
}

const compress = number => new Promise((resolve, reject) => zlib.deflate(
    Buffer.alloc(200000, `stones ${number}`), (error, data) => error ? reject(error) : resolve(data.length)));

const inWorker = number => new Promise((resolve, reject) =>
    new Worker(__filename, {workerData: number}).on('message', resolve).on('error', reject));

async function main() {
    console.log('objects', digest(objects(50000)));
    console.log('buffers', buffers());
    console.log('compressed', await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(compress)));
    console.log('workers', digest(await Promise.all([1, 2, 3].map(inWorker))));
}

if (isMainThread)
    main();
else
    parentPort.postMessage(digest(objects(5000 * workerData)));
