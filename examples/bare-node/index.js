'use strict';

exports.main_handler = async (event, context) => {
  const query = event.queryString || event.queryStringParameters || {};
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ hello: query.name || 'world' }),
    isBase64Encoded: false,
  };
};
