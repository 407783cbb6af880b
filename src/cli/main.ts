#!/usr/bin/env node
console.log('ropeway');
