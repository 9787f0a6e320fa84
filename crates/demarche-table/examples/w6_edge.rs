use demarche_table::columnar::*;
fn main(){
  let dir=std::env::args().nth(1).unwrap();
  let mk=|n:&str,k,r|ColumnSpec{name:n.into(),kind:k,required:r,description:"d".into()};
  let cols=vec![mk("text",Type::Text,false),mk("dtext",Type::Text,false),mk("i32",Type::Int32,false),mk("i64",Type::Int64,true),mk("d",Type::Double,false),mk("b",Type::Bool,false),mk("date",Type::Date,false),mk("ts",Type::Timestamp,false),mk("none",Type::Text,false),mk("big",Type::Text,false),mk("dd",Type::Double,false),mk("rlong",Type::Text,true)];
  for (name,comp) in [("zstd",Compression::Zstd(1)),("snappy",Compression::Snappy),("none",Compression::Uncompressed)] {
   for rows in [0usize,1,7,1000,130000] {
    let f=std::fs::File::create(format!("{dir}/{name}_{rows}.parquet")).unwrap();
    let mut w=FileWriter::new(f,&cols,&[("k".into(),"v".into())],Options{compression:comp,page_rows:9000}).unwrap();
    let mut start=0;
    while start<rows { let n=(rows-start).min(50000); let mut g=w.row_group(n).unwrap();
      let r=start..start+n;
      let texts:Vec<String>=r.clone().map(|i| match i%5 {0=>"".into(),1=>format!("대한민국 {i}"),2=>format!("é{}",i%10),3=>"NULL".into(),_=>format!("x{}","y".repeat(i%100))}).collect();
      let mut b=vec![];let mut e=vec![];for t in &texts{b.extend_from_slice(t.as_bytes());e.push(b.len() as u32);}
      let valid:Vec<bool>=texts.iter().map(|t|t!="NULL").collect();
      g.column(Values::Text{bytes:&b,ends:&e,valid:Some(&valid)}).unwrap();
      let dict=["zeta","","NATO","алфа"]; let mut db=vec![];let mut de=vec![];for t in dict{db.extend_from_slice(t.as_bytes());de.push(db.len() as u32);}
      let idx:Vec<u32>=r.clone().map(|i| if i%3==2 {NULL_INDEX} else {((i/7)%4) as u32}).collect();
      g.column(Values::Dict{dictionary:Dictionary::Text{bytes:&db,ends:&de},index:&idx}).unwrap();
      let v:Vec<i32>=r.clone().map(|i| (i as i32%50)-25).collect();
      let idx:Vec<u32>=v.iter().map(|x| if *x==3 {NULL_INDEX} else {(x+25) as u32}).collect(); let dv:Vec<i32>=(-25..25).collect();
      g.column(Values::Dict{dictionary:Dictionary::Int32(&dv),index:&idx}).unwrap();
      let v:Vec<i64>=r.clone().map(|i| i as i64*1_000_000_007-5).collect();
      g.column(Values::Int64{values:&v,valid:None}).unwrap();
      let v:Vec<f64>=r.clone().map(|i| if i%11==5 {f64::NAN} else {i as f64/4.0-100.0}).collect(); let va:Vec<bool>=r.clone().map(|i| i%13!=4).collect();
      g.column(Values::Double{values:&v,valid:Some(&va)}).unwrap();
      let v:Vec<bool>=r.clone().map(|i| i%3==0).collect();
      g.column(Values::Bool{values:&v,valid:Some(&va)}).unwrap();
      let v:Vec<i32>=r.clone().map(|i| i as i32-5000).collect();
      g.column(Values::Int32{values:&v,valid:Some(&va)}).unwrap();
      let v:Vec<i64>=r.clone().map(|i| (i as i64-100)*86_400_123).collect();
      g.column(Values::Int64{values:&v,valid:Some(&va)}).unwrap();
      let idx=vec![NULL_INDEX;n];
      g.column(Values::Dict{dictionary:Dictionary::Text{bytes:&db,ends:&de},index:&idx}).unwrap();
      let mut b=vec![];let mut e=vec![];for i in r.clone(){b.extend_from_slice(format!("https://example.org/{}/{}",i.wrapping_mul(7919)%99991,"p".repeat(i%60)).as_bytes());e.push(b.len() as u32);}
      let idx:Vec<u32>=(0..n as u32).collect();
      g.column(Values::Dict{dictionary:Dictionary::Text{bytes:&b,ends:&e},index:&idx}).unwrap();
      let dv=[f64::NAN,-0.0,0.0,5.5,-3.25]; let idx:Vec<u32>=r.clone().map(|i| if i%9==1{NULL_INDEX}else{(i*i%5) as u32}).collect();
      g.column(Values::Dict{dictionary:Dictionary::Double(&dv),index:&idx}).unwrap();
      let mut b=vec![];let mut e=vec![];for i in r.clone(){b.extend_from_slice(format!("{}{}","字".repeat(30),i%17).as_bytes());e.push(b.len() as u32);}
      g.column(Values::Text{bytes:&b,ends:&e,valid:None}).unwrap();
      g.finish().unwrap(); start+=n; }
    w.finish().unwrap();
   }
  }
}
