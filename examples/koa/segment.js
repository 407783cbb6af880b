import { Jieba, TfIdf } from '@node-rs/jieba';
import { dict, idf } from '@node-rs/jieba/dict.js';
import { textrank } from './textrank.js';

const jieba = Jieba.withDict(dict);
const tfidf = TfIdf.withDict(idf);

const TEXT =
  '云计算的发展让开发者不再关心服务器的采购和运维。函数计算按照请求的次数和运行的时间计费，' +
  '没有请求的时候不产生费用，请求突然增多的时候平台会自动扩容。' +
  '传统的框架运行在服务器上，迁移到函数计算需要把网关的事件转换成框架的请求。' +
  '框架越大，函数的冷启动时间越长，所以应该把计算量大的接口拆分成独立的函数。' +
  '静态文件和上传的文件应该放在对象存储里，不经过函数。';

export function segment(text = TEXT) {
  return {
    cut: jieba.cut(text, true),
    tfidf: tfidf
      .extractKeywords(jieba, text, 20)
      .sort((a, b) => b.weight - a.weight || (a.keyword < b.keyword ? -1 : 1)),
    textrank: textrank(jieba.tag(text, true), 20),
  };
}
